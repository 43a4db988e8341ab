"""The servers that the examples are run against, with what they all find there; each is made once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from kty.demo.demo import Demo
from kty.kube.client import Client
from kty.kube.config import infer, load
from kty.kube.streams.exec import run
from tests.cluster.place import GUARD, PODS, Place, namespace_for_a_test
from tests.contract.asking import Asking
from tests.contract.living import Living
from tests.contract.one_node import move_in
from tests.contract.pods_that_run import container, start
from tests.examples.programs import Programs

SERVES = "echo it serves; mkdir -p /www; echo content > /www/index.html; exec httpd -f -p 8080 -h /www"


@dataclass(frozen=True)
class Shop:
    """A namespace for the examples, which the kubeconfig names. The pod `web` serves there, `talk` is a shell."""

    programs: Programs
    place: Place
    live: Living
    is_demo: bool

    @property
    def namespace(self) -> str:
        return self.place.namespace

    @property
    def client(self) -> Client:
        return self.place.client


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=[
        pytest.param("demo", marks=pytest.mark.xdist_group("examples")),
        pytest.param("real", marks=pytest.mark.cluster),
    ],
)
async def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home = tmp_path_factory.mktemp(f"examples-{request.param}")
    async with AsyncExitStack() as stack:
        kubeconfig = home / "admin"
        if request.param == "real":
            known: Callable[[str], Path] = request.getfixturevalue("cluster_kubeconfig")
            kubeconfig = known("admin")
        else:
            demo = Demo(pace=0.02)
            move_in(demo)
            await stack.enter_async_context(demo.serving())
            kubeconfig.write_text(demo.kubeconfig())
        config = infer(kubeconfig)
        client = await stack.enter_async_context(Client(config))
        ask = Asking(config)
        stack.push_async_callback(ask.close)
        place = await stack.enter_async_context(namespace_for_a_test(client))
        programs = Programs(f"{_at(home, kubeconfig, place.namespace)}:{kubeconfig}", home)
        shop = Shop(programs, place, Living(ask, place.namespace), request.param == "demo")
        await _open(shop)
        yield shop


def _at(home: Path, kubeconfig: Path, namespace: str) -> Path:
    """Write a kubeconfig that goes before this one, and names the namespace."""
    here = load(kubeconfig).config()
    context = {"cluster": here.cluster, "user": here.user, "namespace": namespace}
    content = {"current-context": "examples", "contexts": [{"name": "examples", "context": context}]}
    path = home / "context"
    path.write_text(json.dumps(content))
    return path


async def _open(shop: Shop) -> None:
    talk = container() | {"command": ["sh"], "stdin": True}
    await asyncio.gather(start(shop.place, "web", container(SERVES)), start(shop.place, "talk", talk))
    for pod in ("web", "talk"):
        await shop.live.change(PODS, pod, metadata={"labels": {"stays": "here"}})
    async with asyncio.timeout(GUARD):
        while True:
            page = await run(shop.client, shop.namespace, "web", ["wget", "-q", "-O-", "http://localhost:8080/"])
            if page.exit.is_success:
                return
            await asyncio.sleep(0.1)
