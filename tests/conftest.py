"""Settings of the whole suite; before numpy and torch are imported, which read them."""

import os

# The computations in the tests are small: threads would wait longer than they compute, most
# of all if other programs are running. Variables that are set already are kept.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
