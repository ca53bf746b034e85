"""Settings of the whole suite; before numpy and torch are imported, which read them."""

import os

# What the tests compute is small. Threads would wait for each other longer than they compute, most
# of all where other programs run. Whoever sets a number gets it.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
