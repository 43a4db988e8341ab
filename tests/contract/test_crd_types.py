"""`kty crd types`, as a person runs it, and what it writes, as a program uses it; on both servers."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kty.errors import Invalid
from kty.kube.api import Api
from kty.kube.resource import Resource
from tests.cluster.defined import defined
from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.kube.crd.making import loaded
from tests.running import KTY

STRING = {"type": "string"}
SPEC = {
    "type": "object",
    "description": 'When and what: """ is no way out.',
    "required": ["cronSpec", "class"],
    "properties": {
        "cronSpec": {**STRING, "description": "As in crontab."},
        "class": STRING,
        "replicas": {"type": "integer", "format": "int32", "default": 2},
        "policy": {**STRING, "enum": ["Allow", "Forbid"]},
        "port": {"x-kubernetes-int-or-string": True},
        "podIPs": {"type": "array", "items": STRING},
        "labels": {"type": "object", "additionalProperties": STRING},
        "anything": {"x-kubernetes-preserve-unknown-fields": True},
        "maybe": {**STRING, "nullable": True},
        "since": {**STRING, "format": "date-time"},
        "containers": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": STRING, "x-y": STRING}},
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
        },
    },
}
STATUS = {"type": "object", "properties": {"ready": {"type": "boolean"}}}
OLD = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"cron": STRING}}}}


@pytest.fixture
async def crontabs(place: Place) -> AsyncIterator[Resource]:
    """A kind of the test's own, in two versions."""
    schema = {"type": "object", "properties": {"spec": SPEC, "status": STATUS}}
    first = {"name": "v1alpha1", "served": True, "storage": False, "schema": {"openAPIV3Schema": OLD}}
    second = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    second["subresources"] = {"status": {}}
    async with defined(place, "CronTab", [first, second], shortNames=["ct"]) as kind:
        yield kind


async def types(kubeconfig: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `kty crd types`."""
    command = (*KTY, "crd", "types", *words, "--kubeconfig", str(kubeconfig))
    return await asyncio.to_thread(
        subprocess.run, command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )


async def test_objects_are_made_read_and_listed_with_the_classes(
    cluster: Cluster, place: Place, crontabs: Resource, tmp_path: Path
) -> None:
    done = await types(cluster.kubeconfig("admin"), crontabs.id, "-o", str(tmp_path / "made.py"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    made: Any = loaded((tmp_path / "made.py").read_text("utf-8"))
    assert made.CronTab.resource.path() == crontabs.path()
    api: Api[Any] = Api.of(place.client, made.CronTab, place.namespace)
    spec = made.CronTabSpec(
        cron_spec="* * * * *",
        class_="daily",
        policy="Allow",
        port="http",
        pod_ips=["10.0.0.1"],
        labels={"a": "b"},
        anything=[1, {"x": None}],
        since="2026-01-01T00:00:00Z",
        containers=[made.CronTabSpecContainers(name="main", x_y="z")],
    )
    created = await api.create(made.CronTab(metadata={"name": "a"}, spec=spec))
    assert created.spec.replicas == 2
    created.spec.replicas = None
    assert created.spec == spec
    assert (await api.get("a")).spec.containers[0].x_y == "z"
    plain = await Api(place.client, crontabs, place.namespace).get("a")
    assert (plain["spec"]["podIPs"], plain["spec"]["containers"]) == (["10.0.0.1"], [{"name": "main", "x-y": "z"}])
    (listed,) = await api.list()
    assert (listed.name, listed.spec.port, listed.status) == ("a", "http", None)
    listed.spec.port = 80
    assert (await api.replace("a", listed)).spec.port == 80
    with pytest.raises(Invalid):
        await api.create(
            made.CronTab(metadata={"name": "b"}, spec=made.CronTabSpec(cron_spec="", class_="", policy="x"))
        )


async def test_the_kind_may_be_named_in_any_way_and_the_version_chosen(cluster: Cluster, crontabs: Resource) -> None:
    admin = cluster.kubeconfig("admin")
    plain, short, old = await asyncio.gather(
        types(admin, crontabs.id),
        types(admin, f"ct.{crontabs.group}"),
        types(admin, crontabs.id, "--version", "v1alpha1"),
    )
    assert plain.returncode == short.returncode == old.returncode == 0
    assert plain.stdout == short.stdout
    assert '"v1", "CronTab", "crontabs")' in plain.stdout
    assert '"""When and what: \'\'\' is no way out."""' in plain.stdout
    assert "    cron: str | None = None" in old.stdout
    assert '"v1alpha1", "CronTab", "crontabs")' in old.stdout


async def test_every_way_to_fail_is_a_sentence(cluster: Cluster, crontabs: Resource, tmp_path: Path) -> None:
    admin = cluster.kubeconfig("admin")
    contexts = [{"name": "a", "context": {"cluster": "a"}}]
    clusters = [{"name": "a", "cluster": {"server": "http://127.0.0.1:1"}}]
    (tmp_path / "broken").write_text(json.dumps({"current-context": "a", "contexts": contexts, "clusters": clusters}))
    none, built_in, old, nobody, away, nowhere, no_word = await asyncio.gather(
        types(admin, "nonsense.example.com"),
        types(admin, "configmaps"),
        types(admin, crontabs.id, "--version", "v9"),
        types(cluster.kubeconfig("nobody"), crontabs.id),
        types(tmp_path / "broken", crontabs.id),
        types(admin, crontabs.id, "-o", str(tmp_path / "no" / "where.py")),
        types(admin),
    )
    assert [each.returncode for each in (none, built_in, old, nobody, away, nowhere, no_word)] == [1] * 5 + [2] * 2
    for each in (none, built_in, old, nobody, away, nowhere, no_word):
        assert each.stdout == ""
        assert each.stderr.startswith("kty: ")
        assert each.stderr.count("\n") == 1
    assert none.stderr.startswith("kty: the cluster has no kind 'nonsense.example.com'")
    assert "configmaps is no custom resource" in built_in.stderr
    assert f"{crontabs.id} is not served in version v9: it is served in v1, v1alpha1" in old.stderr
    assert "nobody" in nobody.stderr
    assert "connection refused" in away.stderr
    assert "where.py cannot be written: no such file or directory" in nowhere.stderr
    assert "the following arguments are required: name" in no_word.stderr
