"""Which pod is meant by what selects several."""

from typing import Any

import pytest

from kty.commands.exec_place import Place, place_of
from kty.commands.target import Target
from kty.commands.words import parse
from kty.errors import NotFound, UsageError
from kty.kube.target import Config
from kty.runtime.shared import Shared
from tests.commands.person import asks
from tests.rigged.server import RiggedDemo, serving


def pod(name: str, *, created: int, phase: str = "Running", ready: bool = True, going: bool = False) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "shop", "labels": {"app": "web"}}
    metadata["creationTimestamp"] = f"2026-01-0{created}T00:00:00Z"
    if going:
        metadata |= {"deletionTimestamp": "2026-01-09T00:00:00Z", "finalizers": ["a/b"]}
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    return {"metadata": metadata, "status": {"phase": phase, "conditions": conditions}}


async def found(server: RiggedDemo, *words: str) -> Place:
    shared = Shared()
    target = Target(Config(context="c", cluster="c", user="u", server=server.url, namespace="shop"), shared)
    try:
        return await place_of(parse("exec", [*words, "--", "ls"]).given, target)
    finally:
        await shared.close()


async def test_the_best_pod_is_one_that_stays_runs_and_is_ready() -> None:
    async with serving(RiggedDemo()) as server:
        spec = {"selector": {"matchLabels": {"app": "web"}}}
        server.put("deployments.apps", {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec})
        server.put("services", {"metadata": {"name": "all", "namespace": "shop"}, "spec": {"selector": {"app": "web"}}})
        server.put("services", {"metadata": {"name": "none", "namespace": "shop"}, "spec": {}})
        with pytest.raises(NotFound, match="deploy/web has no pods"):
            await found(server, "deploy/web")
        for each in (
            pod("goes", created=1, going=True),
            pod("waits", created=2, phase="Pending"),
            pod("starts", created=3, ready=False),
            pod("younger", created=5),
            pod("ready", created=4),
        ):
            server.put("pods", each)
        for words in (("deploy/web",), ("deployment/web", "-n", "shop"), ("svc/all",)):
            assert await found(server, *words) == Place("shop", "ready")
        assert await found(server, "deploy/web", "-c", "a") == Place("shop", "ready", "a")
        assert await found(server, "deploy/web/a") == Place("deploy", "web", "a")
        with pytest.raises(NotFound):
            await found(server, "deploy/nothing")
        with pytest.raises(UsageError, match="selects no pods"):
            await found(server, "svc/none")


async def test_a_program_runs_in_a_pod_of_a_deployment() -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        config = Config(context="c", cluster="c", user="u", server=server.url, namespace="shop")
        done = await asks(config, "exec", "deploy/cart", "--", "echo", "here")
        assert (done.status, done.out, done.err) == (0, "here\n", "")
