"""Runs the command line program: ``python -m fer_classic``."""

import sys

from fer_classic.cli import main

sys.exit(main())
