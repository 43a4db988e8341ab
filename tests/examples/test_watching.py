"""Examples that watch until they are interrupted."""

from typing import Any

import pytest

from kty.kube import Api, ConfigMap, Deployment, Pod
from kty.kube.parts import Metadata
from tests.cluster.place import DEPLOYMENTS, PODS
from tests.contract.living import EVENTS, workload
from tests.contract.pods_that_run import container
from tests.examples.conftest import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _map(name: str, **data: str) -> ConfigMap:
    return ConfigMap(metadata=Metadata(name=name), data=data)


async def test_pod_watcher(shop: Shop) -> None:
    async with shop.programs.start("pod_watcher", "-l", "passing=by") as program:
        await program.sees("0 pods")
        spec = {"terminationGracePeriodSeconds": 0, "containers": [container()]}
        await shop.place.create(PODS, "passing", labels={"passing": "by"}, spec=spec)
        assert await program.sees("+") == "+ passing"
        assert await program.sees("Running") == "  passing Running"
        await Api.of(shop.client, Pod, shop.namespace).delete("passing", grace=0)
        assert await program.sees("- ") == "- passing"
        await program.is_interrupted()


async def test_multi_watcher(shop: Shop) -> None:
    async with shop.programs.start("multi_watcher") as program:
        await program.sees("configmap kube-root-ca.crt: ca.crt")
        maps = Api.of(shop.client, ConfigMap, shop.namespace)
        await maps.create(_map("several", one="1", two="2"))
        await program.sees("configmap several: one, two")
        await shop.live.make(DEPLOYMENTS, "several", spec=workload("several", replicas=0))
        await program.sees("deployment several: 0 available")
        await Api.of(shop.client, Deployment, shop.namespace).delete("several")
        await program.sees("deployment several: gone")
        await maps.delete("several")
        await program.sees("configmap several: gone")
        await program.is_interrupted()


async def test_dynamic_watcher(shop: Shop) -> None:
    async with shop.programs.start("dynamic_watcher", "po") as program:
        first = {(await program.sees("added")).split()[1] for _ in range(2)}
        assert len(first) == 2
        await shop.place.pod("seen")
        await program.sees("Pod seen added (version ")
        await shop.live.change(PODS, "seen", metadata={"labels": {"touched": "yes"}})
        await program.sees("Pod seen modified (version ")
        await Api.of(shop.client, Pod, shop.namespace).delete("seen", grace=0)
        await program.sees("Pod seen deleted (version ")
        await program.is_interrupted()


async def test_event_watcher(shop: Shop) -> None:
    async with shop.programs.start("event_watcher", "--warnings") as program:
        about = {"kind": "Pod", "namespace": shop.namespace, "name": "web"}
        for kind, message in (("Normal", "all is well"), ("Warning", "it\x1b[31m burns")):
            parts: dict[str, Any] = {
                "involvedObject": about,
                "type": kind,
                "reason": "Checked",
                "message": message,
                "count": 2,
            }
            await shop.place.create(EVENTS, f"web.{kind.lower()}", **parts)
        assert await program.sees("Checked") == r"Warning Checked Pod/web: it\x1b[31m burns (2 times)"
        await program.is_interrupted()


async def test_errorbounded_configmap_watcher(shop: Shop) -> None:
    async with shop.programs.start("errorbounded_configmap_watcher") as program:
        odd = await program.sees(f"odd: {shop.namespace}/kube-root-ca.crt cannot be read: ")
        assert odd.endswith("missing required field `cafe` - at `$.data`")
        maps = Api.of(shop.client, ConfigMap, shop.namespace)
        await maps.create(_map("bistro", bar="wine"))
        assert (await program.sees("bistro")).endswith("missing required field `cafe` - at `$.data` (ADDED)")
        await maps.replace("bistro", _map("bistro", cafe="espresso"))
        await program.sees("bistro: espresso")
        await maps.delete("bistro")
        await program.is_interrupted()


async def test_configmap_watcher(shop: Shop) -> None:
    maps = Api.of(shop.client, ConfigMap, shop.namespace)
    async with shop.programs.start("configmap_watcher", "settings") as program:
        await maps.create(_map("settings", colour="red", size="1"))
        assert await program.sees("") == "changed: colour, size"
        await maps.replace("settings", _map("settings", colour="blue", size="1"))
        assert await program.sees("") == "changed: colour"
        await maps.delete("settings")
        assert await program.sees("") == "removed: the last settings stay in force"
        await program.is_interrupted()
