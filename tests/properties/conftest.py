"""The same few examples in every run; more with HYPOTHESIS_EXAMPLES, which are random then."""

import os
import tempfile

# Read by Hypothesis when it first writes; else it would write to the working directory.
_STORAGE = tempfile.TemporaryDirectory(prefix="hypothesis-")
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", _STORAGE.name)

from hypothesis import HealthCheck, settings  # noqa: E402

_N_EXAMPLES = os.environ.get("HYPOTHESIS_EXAMPLES")

settings.register_profile(
    "fer_classic",
    # No example is kept for the next run.
    database=None,
    deadline=None,
    derandomize=_N_EXAMPLES is None,
    max_examples=int(_N_EXAMPLES or 5),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("fer_classic")
