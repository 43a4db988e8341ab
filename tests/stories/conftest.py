import pytest

from tests.cluster.place import Place
from tests.contract.conftest import Cluster, cluster, place
from tests.rigged.fixtures import clock, desk, server, shop
from tests.stories.town import Town

__all__ = ["clock", "cluster", "desk", "place", "server", "shop", "town"]


@pytest.fixture
def town(cluster: Cluster, place: Place) -> Town:
    """Where a story runs twice: on the demo, and on the real cluster where there is one."""
    return Town(cluster, place)
