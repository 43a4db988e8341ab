"""Other clusters and other people, alive and dead, and what one may not see."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.browsing import browsing, command, row, shows, truth
from tests.cluster.place import CONFIG_MAPS, Place

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def contexts(tmp_path: Path, cluster_kubeconfig: Kubeconfig, silent_port: int) -> Path:
    """A kubeconfig with contexts of the real server, one by user; `dead` refuses, and `hole` never answers."""
    cluster = json.loads(cluster_kubeconfig("admin").read_text())["clusters"][0]["cluster"]
    users = ["admin", "viewer", "nobody"]
    servers = {"dead": "https://127.0.0.1:1", "hole": f"https://127.0.0.1:{silent_port}"}
    clusters = {"real": cluster} | {name: {**cluster, "server": server} for name, server in servers.items()}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "admin",
        "clusters": [{"name": name, "cluster": each} for name, each in clusters.items()],
        "users": [{"name": f"{name}-entry", "user": {"token": f"{name}-token"}} for name in users],
        "contexts": [
            *(named(name, "real", f"{name}-entry") for name in users),
            *(named(name, name, "admin-entry") for name in servers),
        ],
    }
    path = tmp_path / "contexts.yaml"
    path.write_text(json.dumps(content))
    return path


def named(name: str, cluster: str, user: str) -> dict[str, Any]:
    return {"name": name, "context": {"cluster": cluster, "user": user}}


async def test_a_dead_context_holds_up_nobody(contexts: Path, place: Place) -> None:
    await place.pod("alive")
    async with browsing(contexts, place.namespace) as me:
        await shows(me, "alive")
        await command(me, "ctx dead")
        await me.sees("kty dead", "stale for", "127.0.0.1:1", "next try in")
        await command(me, "ctx hole")
        await me.sees("kty hole", "connecting")
        await command(me, "ctx admin")
        await command(me, f"po {place.namespace}")
        await shows(me, "alive")
        await me.sees("kty admin", "v1.")


async def test_contexts_can_be_switched_faster_than_they_answer(contexts: Path, place: Place) -> None:
    await place.pod("alive")
    async with browsing(contexts, place.namespace, context="hole") as me:
        for name in ("dead", "admin", "hole", "viewer", "dead", "nobody", "hole", "admin"):
            await command(me, f"ctx {name}")
        await command(me, f"po {place.namespace}")
        await shows(me, "alive")
        await me.sees("kty admin")
        await place.pod("later")
        await shows(me, "alive", "later")


async def test_a_context_is_chosen_from_the_list_of_them(contexts: Path) -> None:
    async with browsing(contexts) as me:
        await command(me, "ctx")
        await me.sees("contexts 5 of 5")
        assert "*" in row(me, "admin")
        await me.press("end", "enter")
        await me.until(lambda: me.screen.startswith(" kty viewer"), "the last one")


async def test_the_header_says_who_the_server_takes_us_for(contexts: Path) -> None:
    async with browsing(contexts) as me:

        def header() -> list[str]:
            return me.screen.splitlines()[0].split()

        async def becomes(name: str) -> None:
            await command(me, f"ctx {name}")
            await me.until(lambda: header()[:2] + header()[3:4] == ["kty", name, name], f"{name} in the header")

        await becomes("admin")
        await becomes("viewer")
        await becomes("nobody")


async def test_what_a_viewer_may_not_list_is_said_with_the_reason(contexts: Path, place: Place) -> None:
    await place.create(CONFIG_MAPS, "plain", labels={"from": "the-test"})
    async with browsing(contexts, place.namespace, context="viewer", first="secrets") as me:
        await me.sees("no permission to list secrets", 'cannot list resource "secrets"')
        await command(me, "nodes")
        await me.sees("no permission to list nodes", 'cannot list resource "nodes"')
        await command(me, "cm -l from=the-test")
        await shows(me, "plain")
        assert "no permission" not in truth(me)


async def test_who_may_list_nothing_is_shown_default_with_the_reason(contexts: Path) -> None:
    async with browsing(contexts, context="nobody") as me:
        await me.sees("only default is shown: no permission to list pods in all namespaces")
        await me.sees("no permission to list pods", 'cannot list resource "pods"', "pods 0 of 0")
        assert me.screen.splitlines()[0].endswith("default")
