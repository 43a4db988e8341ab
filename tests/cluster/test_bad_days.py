"""The cluster breaks under a running kty, and is mended: what is on screen is true, or said not to be."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from kty.kube.config import infer
from tests.cluster.browsing import Person, browsing, command, row, shows, truth
from tests.cluster.faults import Wire, cluster, mend
from tests.cluster.place import PODS, Place, containers, eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

Kubeconfig = Callable[[str], Path]


@pytest.fixture
async def whole_again(place: Place) -> AsyncIterator[None]:
    """Whatever a test stopped runs at its end."""
    yield
    await mend(place.client)


async def change_everything(place: Place) -> None:
    """Remove the first, change the second and make a fourth, as soon as the server lets us."""
    await eventually(lambda: place.client.request("GET", PODS.path(place.namespace)))
    await eventually(lambda: place.pod("fourth"))
    await place.remove(PODS, "first")
    await place.change(PODS, "second", "status", status={"phase": "Running", **containers(running=True, restarts=7)})


async def sees_everything_changed(me: Person) -> None:
    await shows(me, "fourth", "second", "third")
    await me.until(lambda: row(me, "second")[1:4] == ["1/1", "Running", "7"], "the second one, changed")
    await me.until(lambda: row(me, "fourth")[1:3] == ["0/1", "Pending"], "the fourth one")


@pytest.fixture
async def three(place: Place, whole_again: None) -> Place:
    for name in ("first", "second", "third"):
        await place.pod(name)
    return place


@pytest.mark.restarts_server
async def test_the_api_server_is_stopped_and_started_again(cluster_kubeconfig: Kubeconfig, three: Place) -> None:
    async with browsing(cluster_kubeconfig("admin"), three.namespace) as me:
        await shows(me, "first", "second", "third")
        await cluster("stop", "apiserver")
        await me.sees("stale for", "connection refused", "next try in", "pods 3 of 3", "first", "second", "third")
        await command(me, "cm")  # a kind that was never listed
        await me.sees("configmaps 0 of 0", "stale for")
        await me.press("escape")
        await me.sees("pods 3 of 3", "stale for")
        await cluster("start", "apiserver")
        await change_everything(three)
        await sees_everything_changed(me)
        await command(me, "cm")
        await me.sees("configmaps", "● live")


@pytest.mark.restarts_server
async def test_etcd_is_stopped_and_started_again(cluster_kubeconfig: Kubeconfig, three: Place) -> None:
    async with browsing(cluster_kubeconfig("admin"), three.namespace) as me:
        await shows(me, "first", "second", "third")
        await cluster("stop", "etcd")
        await command(me, "endpointslices.discovery.k8s.io")
        await me.sees("endpointslices 0 of 0", "connecting…")  # the API server tries for a minute
        await me.press("escape")
        await me.sees("pods 3 of 3", "first", "second", "third")
        await cluster("start", "etcd")
        await change_everything(three)
        await sees_everything_changed(me)
        await command(me, "endpointslices.discovery.k8s.io")
        await me.sees("endpointslices", "● live")


@pytest.mark.restarts_server
async def test_both_are_stopped_and_started_again(cluster_kubeconfig: Kubeconfig, three: Place) -> None:
    async with browsing(cluster_kubeconfig("admin"), three.namespace) as me:
        await shows(me, "first", "second", "third")
        await cluster("stop", "etcd")
        await cluster("stop", "apiserver")
        await me.sees("stale for", "next try in", "pods 3 of 3")
        await cluster("start", "etcd")
        await cluster("start", "apiserver")
        await change_everything(three)
        await sees_everything_changed(me)


async def test_a_broken_wire_is_mended_with_nothing_lost_or_doubled(
    cluster_kubeconfig: Kubeconfig, three: Place, tmp_path: Path
) -> None:
    config = infer(cluster_kubeconfig("admin"))
    async with Wire.to(config.server) as wire:
        path = kubeconfig(tmp_path, cluster_kubeconfig("admin"), wire, {"token": "admin-token"})
        async with browsing(path, three.namespace) as me:
            await shows(me, "first", "second", "third")
            for _ in range(3):
                wire.cut()
            await change_everything(three)
            wire.cut()
            await sees_everything_changed(me)


def kubeconfig(directory: Path, real: Path, wire: Wire, user: dict[str, Any]) -> Path:
    """Write a kubeconfig that leads to the real server through the wire, as this user."""
    content = json.loads(real.read_text())
    content["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{wire.port}"
    content["users"][0]["user"] = user
    path = directory / "wired.kubeconfig"
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("source", ["token file", "plugin"])
async def test_a_token_that_expires_is_said_to_and_a_new_one_is_taken(
    cluster_kubeconfig: Kubeconfig, three: Place, tmp_path: Path, source: str
) -> None:
    from_file = source == "token file"
    secret = tmp_path / "secret"

    def issue(token: str) -> None:
        secret.write_text(token if from_file else credential(token))

    issue("admin-token")
    plugin = {"apiVersion": EXEC, "command": "cat", "args": [str(secret)], "interactiveMode": "Never"}
    user = {"tokenFile": str(secret)} if from_file else {"exec": plugin}
    async with Wire.to(three.client.config.server) as wire:
        path = kubeconfig(tmp_path, cluster_kubeconfig("admin"), wire, user)
        async with browsing(path, three.namespace) as me:
            await shows(me, "first", "second", "third")
            issue("expired-token")

            def is_refused() -> bool:
                if truth(me).endswith("● live"):
                    wire.cut()  # a watch goes on with the token that it began with
                return all(text in truth(me) for text in ("pods 3 of 3", "stale for", "Unauthorized", "next try in"))

            await me.until(is_refused, "a refusal")
            issue("admin-token")
            await change_everything(three)
            await sees_everything_changed(me)


EXEC = "client.authentication.k8s.io/v1"


def credential(token: str) -> str:
    """Return what a plugin prints; it is to be asked again each time."""
    status = {"token": token, "expirationTimestamp": "2020-01-01T00:00:00Z"}
    return json.dumps({"apiVersion": EXEC, "kind": "ExecCredential", "status": status})
