"""JSONPath on what a server answers: kubectl and kty print the same of the same list."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kty.kube.jsonpath import parse
from tests.cluster.place import CONFIG_MAPS, Place

KUBECTL = shutil.which("kubectl")
TEMPLATES = (
    "{.kind} {.items[*].metadata.name}",
    "{range .items[*]}{.metadata.name}\t{.data.size}{'\\n'}{end}",
    "{.items[?(@.metadata.labels.tier=='front')].metadata.name}",
    "{.items[-1:]['metadata.name','data']}",
    "{.items[*].data}{..size}",
)
BETWEEN = "\n--\n"
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl on this machine"),
]


async def test_kubectl_prints_the_same_of_a_list(cluster_kubeconfig: Callable[[str], Path], place: Place) -> None:
    for name, tier in (("a", "front"), ("b", "back"), ("c", "front")):
        await place.create(CONFIG_MAPS, name, labels={"tier": tier, "t": "paths"}, data={"size": f"{name}<3"})
    template = BETWEEN.join(TEMPLATES)
    process = await asyncio.create_subprocess_exec(
        *(KUBECTL or "", f"--kubeconfig={cluster_kubeconfig('admin')}", "-n", place.namespace),
        *("get", "configmaps", "-l", "t=paths", "-o", f"jsonpath={template}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    assert process.returncode == 0, errors
    path = CONFIG_MAPS.path(place.namespace)
    answer = json.loads(await place.client.request("GET", path, query=[("labelSelector", "t=paths")]))
    # kubectl puts the objects that it got into a List, each with its kind
    objects = [{**each, "kind": "ConfigMap", "apiVersion": "v1"} for each in answer["items"]]
    assert parse(template).text({"kind": "List", "items": objects}) == printed.decode()
