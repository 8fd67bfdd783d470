"""How long inputs are made up: a slice in `make test`, all in `make fuzz`; the same ones in every run."""

import os

import pytest
from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
settings.register_profile("slice", max_examples=40, **COMMON)
settings.register_profile("long", max_examples=1500, **COMMON)
settings.load_profile(os.environ.get("HANDVISION_FUZZ", "slice"))


def pytest_collection_modifyitems(items):
    for item in items:
        if "fuzz" in item.path.parts:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(900))
