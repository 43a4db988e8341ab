"""What tests with the real API server share."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kty.kube.client import Client
from kty.kube.config import infer
from tests.cluster.place import Place, namespace_for_a_test


@pytest.fixture
async def admin(cluster_kubeconfig: Callable[[str], Path]) -> AsyncIterator[Client]:
    """A client that may do everything."""
    client = Client(infer(cluster_kubeconfig("admin")))
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
async def place(admin: Client) -> AsyncIterator[Place]:
    """A namespace of the test's own."""
    async with namespace_for_a_test(admin) as place:
        yield place
