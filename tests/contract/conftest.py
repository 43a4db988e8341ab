"""One suite, two servers: every test runs on the demo, and on the real API server where there is one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kty.demo.demo import Demo
from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.target import Config
from tests.cluster.place import Place, namespace_for_a_test
from tests.contract.asking import Asking
from tests.contract.living import Living
from tests.contract.one_node import move_in

PACE = 0.02
"""How long things take in the demo of these tests, compared with what a person likes to watch."""


@dataclass
class Cluster:
    """A server under test. The demo runs in the test's loop, with the system's clock."""

    name: str
    """`demo` or `real`."""
    kubeconfig: Callable[[str], Path]
    """By user: admin, viewer, editor, nobody, impersonator."""
    demo: Demo | None = None
    """For what only a test of the demo may do: most tests must not look."""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _askings: dict[str, Asking] = field(default_factory=dict)
    _clients: dict[str, Client] = field(default_factory=dict)

    @property
    def is_demo(self) -> bool:
        return self.demo is not None

    def config(self, user: str = "admin") -> Config:
        return infer(self.kubeconfig(user))

    def client(self, user: str = "admin") -> Client:
        """Return the client of a user; the same each time, closed at the end of the test."""
        if user not in self._clients:
            client = Client(self.config(user))
            self._clients[user] = client
            self._stack.push_async_callback(client.close)
        return self._clients[user]

    def ask(self, user: str = "admin") -> Asking:
        """Return a user's plain HTTP; the same each time, closed at the end of the test."""
        if user not in self._askings:
            asking = Asking(self.config(user))
            self._askings[user] = asking
            self._stack.push_async_callback(asking.close)
        return self._askings[user]


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.cluster)])
async def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with AsyncExitStack() as stack:
        if request.param == "real":
            yield Cluster("real", request.getfixturevalue("cluster_kubeconfig"), None, stack)
            return
        demo = Demo(pace=PACE)
        move_in(demo)
        await stack.enter_async_context(demo.serving())

        def kubeconfig(user: str) -> Path:
            path = tmp_path / f"{user}.kubeconfig"
            path.write_text(demo.kubeconfig(user))
            return path

        yield Cluster("demo", kubeconfig, demo, stack)


@pytest.fixture
async def place(cluster: Cluster) -> AsyncIterator[Place]:
    """A namespace of the test's own."""
    async with namespace_for_a_test(cluster.client()) as place:
        yield place


@pytest.fixture
def ask(cluster: Cluster) -> Asking:
    """What an admin asks, by plain HTTP."""
    return cluster.ask()


@pytest.fixture
def live(ask: Asking, place: Place) -> Living:
    """What a test of life makes and waits for, in a namespace of its own."""
    return Living(ask, place.namespace)
