"""Tests that break the cluster on purpose must not run beside others that need it."""

import os

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_group_stays_with_one_worker(request: pytest.FixtureRequest) -> None:
    """pytest-xdist 3.8 says so in the node id; with pytest 9.2 that is lost."""
    if "PYTEST_XDIST_WORKER" in os.environ and request.config.getvalue("loadgroup"):
        assert request.node.nodeid.endswith("@grouped")
