"""The same few examples in every run; more with HYPOTHESIS_EXAMPLES, which are random then."""

import os

from hypothesis import HealthCheck, settings

_N_EXAMPLES = os.environ.get("HYPOTHESIS_EXAMPLES")

settings.register_profile(
    "fer_classic",
    # Nothing is written to the working directory, and no example is kept for the next run.
    database=None,
    deadline=None,
    derandomize=_N_EXAMPLES is None,
    max_examples=int(_N_EXAMPLES or 5),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("fer_classic")
