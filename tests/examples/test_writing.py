"""Examples that make, change and remove objects."""

import asyncio
import base64
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from kty.errors import NotFound
from kty.kube import Api, ConfigMap, Deployment, Pod, Resource, discover
from kty.kube.certificates import CertificateSigningRequest, SigningRequestSpec
from kty.kube.parts import Metadata
from tests.cluster.defined import DEFINITIONS
from tests.cluster.place import DEPLOYMENTS, GUARD, NO_SCHEDULER, PODS, eventually
from tests.contract.living import NODES, is_rolled_out, template, workload
from tests.contract.pods_that_run import IMAGE, WIPED, container, start
from tests.examples.conftest import Shop
from tests.kube.signing import signing_request

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: menu, labels: {app: cafe}}
data: {tea: "2"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: hours}
"""


async def test_kubectl(shop: Shop, tmp_path: Path) -> None:
    assert await shop.programs.says("kubectl", "apply", typed=MANIFEST) == []
    listed = [line.split()[:2] for line in await shop.programs.says("kubectl", "get", "cm")]
    assert [line for line in listed if line[0] in ("hours", "kube-root-ca.crt", "menu")] == [
        ["hours", "0"],
        ["kube-root-ca.crt", "1"],
        ["menu", "1"],
    ]

    async with shop.programs.start("kubectl", "watch", "cm") as watching:
        await watching.sees("menu")
        editor = tmp_path / "editor"
        editor.write_text('#!/bin/sh\nsed -i \'s/tea: "2"/tea: "3"\\n  cake: "5"/\' "$1"\n')
        editor.chmod(0o755)
        assert await shop.programs.says("kubectl", "edit", "cm", "menu", env={"EDITOR": str(editor)}) == []
        assert (await watching.sees("menu")).split()[:2] == ["menu", "2"]
        await watching.is_interrupted()
    maps = Api.of(shop.client, ConfigMap, shop.namespace)
    assert (await maps.get("menu")).data == {"tea": "3", "cake": "5"}

    assert await shop.programs.says("kubectl", "delete", "cm", "menu") == []
    assert await maps.get_opt("menu") is None
    if shop.is_demo:
        assert "metadata:" in await shop.programs.says("kubectl", "get", "configmap", "hours")
        helped = await shop.programs.run("kubectl", "nonsense")
        assert (helped.status, helped.err.splitlines()[0]) == (
            1,
            "A small kubectl, for every kind that the server has.",
        )


async def test_pod_api(shop: Shop) -> None:
    created, runs, labelled, found, deleted = await shop.programs.says("pod_api", "--image", IMAGE)
    assert re.fullmatch(r"created kty-pod-api \([0-9a-f-]{36}\)", created)
    assert re.fullmatch(r"runs on node-1 at [0-9.]+", runs)
    assert labelled == "labelled {'example': 'pod-api'}"
    assert found == "found ['kty-pod-api']"
    assert deleted in ("deleted", "on its way out")
    await shop.live.gone(PODS, "kty-pod-api")


async def test_entry(shop: Shop) -> None:
    both = await asyncio.gather(*[shop.programs.says("entry", "counter") for _ in range(2)])
    assert {line for lines in both for line in lines} == {f"counter was counted {times} times" for times in (1, 2)}
    assert (await Api.of(shop.client, ConfigMap, shop.namespace).get("counter")).data == {"runs": "2"}


async def test_job_api(shop: Shop) -> None:
    ended, *printed = await shop.programs.says("job_api", "--image", IMAGE)
    assert ended == "kty-countdown: Complete"
    if not any(word in line for line in printed for word in WIPED):
        assert [line.partition(": ")[2] for line in printed] == ["3", "2", "1", "go"]
    jobs = Resource("batch", "v1", "Job", "jobs")
    await shop.live.gone(jobs, "kty-countdown")
    await shop.live.settled(PODS, lambda pods: not pods, **{"job-name": "kty-countdown"})


async def _forgotten(shop: Shop, kind: str) -> None:
    """Wait until the server tells of no such kind: whoever lists all kinds next must not meet it."""

    async def ask() -> None:
        if (await discover(shop.client)).find(kind):
            raise NotFound("not yet", code=404)

    await eventually(ask)


async def test_crd_api(shop: Shop) -> None:
    (line,) = await shop.programs.says("crd_api")
    kind, _, said = line.partition(" ")
    assert said == "morning: BrewSpec(beans='arabica', cups=3), ScaleSpec(replicas=3), {'poured': 2}"
    await _forgotten(shop, kind)


async def test_crd_apply(shop: Shop) -> None:
    kind = f"brews.t-{secrets.token_hex(4)}.example.com"
    try:
        group = kind.partition(".")[2]
        refused, applied, *owners = await shop.programs.says("crd_apply", "--group", group, "--remove")
        assert refused == 'refused: .spec.cups: conflict with "barista"'
        assert applied == "applied: {'beans': 'robusta', 'cups': 5}"
        assert sorted(owners) == ["barista owns ['f:beans']", "guest owns ['f:cups']"]
        await _forgotten(shop, kind)
    finally:
        with suppress(NotFound):
            await Api(shop.client, DEFINITIONS).delete(kind)


async def test_rollout(shop: Shop) -> None:
    await shop.live.make(DEPLOYMENTS, "rolling", spec=workload("rolling", replicas=1))
    await shop.live.until(DEPLOYMENTS, "rolling", is_rolled_out)
    restarted = await shop.programs.says("rollout", "rolling")
    assert restarted[-1] == "rolling: rolled out"
    rolled = await Api.of(shop.client, Deployment, shop.namespace).get("rolling")
    assert rolled.metadata.annotations["deployment.kubernetes.io/revision"] == "2"
    back = await shop.programs.says("rollout", "rolling", "--undo")
    assert back[-1] == "rolling: rolled out"
    if shop.is_demo:
        await shop.live.change(DEPLOYMENTS, "rolling", spec={"paused": True})
        refused = await shop.programs.run("rollout", "rolling")
        assert (refused.status, refused.err) == (1, "rolling is paused, so it cannot be restarted: resume it first\n")
    await Api.of(shop.client, Deployment, shop.namespace).delete("rolling")


async def test_token_request(shop: Shop) -> None:
    got, until, acts = await shop.programs.says("token_request", "--seconds", "900")
    assert got.startswith("admin got Token(expires=")
    assert "eyJ" not in got, "no token is printed"
    assert re.fullmatch(r"it is good until [0-9:]{8} UTC", until)
    assert acts == f"it acts as system:serviceaccount:{shop.namespace}:default"


async def test_csr_approve(shop: Shop) -> None:
    if shop.is_demo:
        pytest.skip("the demo signs no certificates")
    requests = Api.of(shop.client, CertificateSigningRequest)
    name = f"t-{secrets.token_hex(4)}"
    spec = SigningRequestSpec(
        request=base64.b64encode(await asyncio.to_thread(signing_request)).decode(),
        signer_name="kubernetes.io/kube-apiserver-client",
        usages=["client auth"],
    )
    await requests.create(CertificateSigningRequest(metadata=Metadata(name=name), spec=spec))
    try:
        waits = f"{name} waits: admin asks kubernetes.io/kube-apiserver-client"
        assert waits in await shop.programs.says("csr_approve")
        decided, *others = await shop.programs.says("csr_approve", name)
        assert decided == f"{name}: Approved, decided by an example"
        assert waits not in others
    finally:
        await requests.delete(name)


async def test_pod_evict(shop: Shop) -> None:
    await start(shop.place, "leaving")
    assert await shop.programs.says("pod_evict", "leaving") == ["leaving will leave", "leaving is gone"]
    assert await Api.of(shop.client, Pod, shop.namespace).get_opt("leaving") is None


async def test_pod_resize(shop: Shop) -> None:
    """No node runs the pod: the test cluster's kubelet, which manages no cgroups, panics when it is to resize one."""
    if shop.is_demo:
        pytest.skip("the demo's pods have no resize")
    resources = {"requests": {"cpu": "10m"}, "limits": {"cpu": "500m"}}
    spec = {"schedulerName": NO_SCHEDULER, "containers": [container(resources=resources)]}
    await shop.place.create(PODS, "growing", spec=spec)
    said = await shop.programs.says("pod_resize", "growing", "main", "--cpu", "0.2")
    assert said == ["main shall have {'cpu': '200m'}, at most {'cpu': '500m'}"]


@asynccontextmanager
async def _node(shop: Shop) -> AsyncIterator[str]:
    """Make an empty node behind which nobody runs pods; its taint keeps those of other tests away."""
    name = f"t-{secrets.token_hex(4)}"
    taint = {"key": "t-node", "value": name, "effect": "NoSchedule"}
    await shop.live.make(NODES, name, labels={"t-node": name}, spec={"taints": [taint]})
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}
    room = {"cpu": "1", "memory": "1Gi", "pods": "10"}
    try:
        status = {"capacity": room, "allocatable": room, "conditions": [ready]}
        await shop.live.ask.merge(NODES.path("", name, "status"), {"status": status})
        await shop.live.until(NODES, name, lambda node: node["spec"].get("taints") == [taint])
        yield name
    finally:
        await shop.live.delete(NODES, name)


async def test_node_drain_and_node_watcher(shop: Shop) -> None:
    async with _node(shop) as node, shop.programs.start("node_watcher") as watching:
        await watching.sees(f"{node}: ready")
        tolerated = {"key": "t-node", "value": node, "effect": "NoSchedule"}
        spec = template("x", nodeSelector={"t-node": node}, tolerations=[tolerated], terminationGracePeriodSeconds=0)
        await shop.live.make(PODS, "guest", spec=spec["spec"])
        await shop.live.until(PODS, "guest", lambda pod: pod["spec"].get("nodeName") == node)
        refused = await shop.programs.run("node_drain", node)
        assert refused.status == 1
        assert refused.lines == [f"{node} takes no more pods"]
        assert f"{shop.namespace}/guest: nothing would make it anew (force evicts it all the same)" in refused.err
        await watching.sees(f"{node}: ready, cordoned")
        drained = await shop.programs.says("node_drain", node, "--force", "--timeout", str(GUARD))
        assert [line for line in drained if "waiting" not in line] == [
            f"{node} takes no more pods",
            "guest was asked to leave",
            "guest is gone",
            f"{node} is drained",
        ]
        if shop.is_demo:
            assert await shop.programs.says("node_drain", node, "--uncordon") == [f"{node} takes pods again"]
            await watching.sees(f"{node}: ready")
        await watching.is_interrupted()
