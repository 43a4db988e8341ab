"""What `kty get` prints beside what kubectl prints, for the same objects at the same moment."""

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kty.kube.config import infer
from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, GUARD, PODS, Place, containers
from tests.commands.person import asks

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]

HERE = (
    "get pods -n {ns}",
    "get pods -n {ns} -o wide",
    "get pod first second -n {ns}",
    "get pods,cm,deploy -n {ns}",
    "get deploy,rs -n {ns} -o wide",
    "get po -l app=web -n {ns}",
    "get pods --field-selector metadata.name=first -n {ns}",
    "get all -n {ns}",
    "get sa -n {ns}",
    "get pods -n {ns} -o name",
    "get deploy/web cm/settings -n {ns} -o name",
    "get apiservices",
    "get clusterroles -o wide",
    "get ns {ns}",
    "get pc",
    "get flowschemas",
)
_AGE = re.compile(r"\b(?:\d+[smhdy])+\b")


async def kubectl(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        os.environ["KTY_TEST_CLUSTER"], "kubectl", *words, stdout=asyncio.subprocess.PIPE
    )
    return (await process.communicate())[0].decode()


def cells(table: str) -> list[list[str]]:
    """Return the cells of a table, by where its columns begin; ages go on between two requests, and are left out."""
    return [[_AGE.sub("AGE", cell) for cell in re.split(r" {2,}", line.rstrip())] for line in table.splitlines()]


@pytest.fixture
async def furnished(place: Place) -> Place:
    for name in ("first", "second", "a-pod-with-quite-a-long-name"):
        await place.pod(name, labels={"app": "web"}, phase="Running", **containers(running=True, restarts=3))
    await place.create(CONFIG_MAPS, "settings", data={"one": "1"})
    pod = {"schedulerName": "t-nobody", "containers": [{"name": "main", "image": "busybox:local"}]}
    template = {"metadata": {"labels": {"app": "other"}}, "spec": pod}
    selector = {"matchLabels": {"app": "other"}}
    await place.create(DEPLOYMENTS, "web", spec={"replicas": 2, "selector": selector, "template": template})
    async with asyncio.timeout(GUARD):
        while True:
            made = await place._send("GET", PODS.path(place.namespace))
            if len(made["items"]) == 5:
                return place
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("command", HERE)
async def test_tables_are_kubectls(cluster_kubeconfig: Kubeconfig, furnished: Place, command: str) -> None:
    words = command.format(ns=furnished.namespace).split()
    for attempt in range(3):  # an age may grow by a column's width between the two
        ours, theirs = await asyncio.gather(asks(infer(cluster_kubeconfig("admin")), *words), kubectl(*words))
        assert (ours.status, ours.err) == (0, "")
        if ours.out == theirs or attempt == 2:
            break
    assert cells(ours.out) == cells(theirs)
    assert len(theirs.splitlines()) > 0


async def test_documents_say_what_kubectls_say(cluster_kubeconfig: Kubeconfig, furnished: Place) -> None:
    import yaml

    for words in (
        ("get", "pods", "-o", "yaml"),
        ("get", "cm", "settings", "-o", "yaml"),
        ("get", "deploy", "-o", "json"),
    ):
        asked = (*words, "-n", furnished.namespace)
        ours, theirs = await asyncio.gather(asks(infer(cluster_kubeconfig("admin")), *asked), kubectl(*asked))
        assert yaml.safe_load(ours.out) == yaml.safe_load(theirs)
