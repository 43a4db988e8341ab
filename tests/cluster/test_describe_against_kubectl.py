"""Every field that `kubectl describe` prints of an object is in our description of it, on a real cluster."""

import asyncio
import json
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from kty.errors import NotFound
from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.describe import described, describer_of
from kty.views.describe.happenings import events_section
from kty.views.describing import Block, Description, Entry, Found, Line, Moment, Need, Piece, Prose, Table
from kty.views.involved import events_about
from kty.views.registry import views
from tests.cluster.rich_objects import ELSEWHERE, EVERYWHERE, IMAGE, OTHERS, PODS
from tests.cluster.test_views_against_kubectl import (
    ACCOUNTS,
    NAMESPACES,
    Cluster,
    bind_a_claim,
    definition,
    resource_of,
)

PATIENCE = 120.0
"""Seconds that the cluster has to bring everything about; a guard, not a measure."""
OWN = {
    "resourcequotas": Resource("", "v1", "ResourceQuota", "resourcequotas"),
    "limitranges": Resource("", "v1", "LimitRange", "limitranges"),
}
_RBAC = "rbac.authorization.k8s.io"
UNLISTED = (
    Resource("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
    Resource("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
    Resource(_RBAC, "v1", "Role", "roles"),
    Resource(_RBAC, "v1", "RoleBinding", "rolebindings"),
    Resource("", "v1", "ServiceAccount", "serviceaccounts"),
    Resource("", "v1", "PersistentVolume", "persistentvolumes", namespaced=False),
    Resource("storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced=False),
    Resource(_RBAC, "v1", "ClusterRole", "clusterroles", namespaced=False),
    Resource(_RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced=False),
    Resource("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", namespaced=False),
    Resource("networking.k8s.io", "v1", "IngressClass", "ingressclasses", namespaced=False),
)
"""Kinds that have words of their own, and no list."""
EVENTS = resource_of("events")
CUSTOM = resource_of("customresourcedefinitions.apiextensions.k8s.io")


def _resource(plural: str) -> Resource:
    unlisted = {each.id: each for each in UNLISTED}
    return OWN.get(plural) or unlisted.get(plural) or resource_of(plural)


@asynccontextmanager
async def furnished(kubeconfig: Path) -> AsyncIterator[Cluster]:
    """Make one of everything that says much, and wait until the cluster has said what it has to say of it."""
    client = Client(infer(kubeconfig))
    cluster = Cluster(client, f"t-describe-{secrets.token_hex(4)}")
    try:
        await cluster.create(NAMESPACES, cluster.namespace, {}, namespaced=False)
        await eventually(lambda: client.request("GET", ACCOUNTS.path(cluster.namespace, "default")))
        await bind_a_claim(cluster)
        await create_all(cluster, OTHERS.keys() - OWN.keys())
        for name, spec in PODS.items():
            await cluster.create(_resource("pods"), name, {"metadata": {"labels": {"app": "x"}}, "spec": spec})
        for plural, objects in ELSEWHERE.items():
            for name, body in objects.items():
                await cluster.create(_resource(plural), name, body)
        for plural, body in EVERYWHERE.items():
            await cluster.create(_resource(plural), f"{cluster.namespace}-more", body, namespaced=False)
        # Last: an admission that hears of a new limit between filling in and checking refuses the pod.
        await create_all(cluster, OWN.keys())
        await cluster.patch(
            _resource("ingresses.networking.k8s.io").path(cluster.namespace, "web", "status"),
            {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}},
        )
        await cluster.patch(
            _resource("services").path(cluster.namespace, "balanced", "status"),
            {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}},
        )
        await cluster.until("pods", "Status", {"http": "Running", "done": "Error", "missing": "ErrImageNeverPull"})
        await cluster.until("pods", "Status", {"nowhere": "Pending", "gated": "SchedulingGated"})
        await cluster.until("jobs.batch", "Status", {"once": "Complete"})
        await debug(cluster, "http")
        kind = cluster.widgets
        await cluster.create(CUSTOM, f"{kind.plural}.{kind.group}", definition(kind), namespaced=False)
        await eventually(
            lambda: cluster.create(kind, "full", {"spec": {"size": 3, "parts": [{"name": "a"}], "on": True}})
        )
        yield cluster
    finally:
        for path in reversed(cluster.undo):
            await cluster.delete(path)
        await client.close()


async def create_all(cluster: Cluster, plurals: Iterable[str]) -> None:
    """Create the objects of these kinds, in the order in which they are written down."""
    wanted = set(plurals)
    for plural, objects in OTHERS.items():
        if plural in wanted:
            for name, body in objects.items():
                await cluster.create(_resource(plural), name, body)


async def eventually(ask: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(NotFound):
                await ask()  # type: ignore[misc]
                return
            await asyncio.sleep(0.1)


async def debug(cluster: Cluster, name: str) -> None:
    """Add an ephemeral container to a pod, and wait until it runs."""
    path = _resource("pods").path(cluster.namespace, name)
    debugger = {"name": "debugger", **IMAGE, "command": ["sleep", "100000"], "targetContainerName": "main"}
    await cluster.patch(f"{path}/ephemeralcontainers", {"spec": {"ephemeralContainers": [debugger]}})
    async with asyncio.timeout(PATIENCE):
        while True:
            if b'"ephemeralContainerStatuses"' in await cluster.client.request("GET", path):
                return
            await asyncio.sleep(0.2)


async def kubectl(*words: str) -> str:
    """Return what the cluster's own kubectl prints: names change from one version to the next."""
    process = await asyncio.create_subprocess_exec(
        os.environ["KTY_TEST_CLUSTER"],
        "kubectl",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    assert process.returncode == 0, errors
    return printed.decode()


# What kubectl prints


_NAME = re.compile(r"\s*(?:- )?([^\s:]+(?: [^\s:]+)*(?:  \([^)]*\))?):(?:\s|\Z)")
_MORE_NAMES = re.compile(r"  ([A-Z]\w*): ")
_HEADING = re.compile(r"[A-Z][A-Za-z]*(?: [A-Z][a-z]+)*\Z")
_RULE = re.compile(r"\s*-{2,}(?:\s+-{2,})*\s*\Z")


def printed_names(text: str) -> set[str]:
    """Return the name before each colon, the titles of each table, and each heading."""
    names: set[str] = set()
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if (_RULE.match(following) and ": " not in line) or set(following) == {
            "="
        }:  # a rule parts policies' rules, too
            names.update(re.split(r"\s{2,}", line.strip().rstrip(":")))
        elif found := _NAME.match(line):
            names.add(found[1].replace("\t", " "))
            names.update(_MORE_NAMES.findall(line) if line.lstrip().startswith("- ") else ())
        elif _HEADING.match(line):
            names.add(line)
    return names - {""}


# What we say


def said_names(parts: Iterable[object]) -> set[str]:
    """Return every name and title, and what stands before a colon in a value, as in annotations."""
    names: set[str] = set()
    for part in parts:
        match part:
            case Entry(name, lines, beneath):
                names |= {name, *map(_before_colon, lines), *said_names(beneath)}
                if name == "Annotations":  # kubectl breaks those with a long value behind their names
                    names |= {
                        each.strip() for line in lines if isinstance(line, Piece) for each in line.text.split(":")
                    }
            case Table(titles, rows):
                names |= {*titles, *[_before_colon(cell) for row in rows for cell in row]}
            case Prose(text) | Block(text):
                names |= {line.partition(": ")[0] for line in text.splitlines()}
    return names


def _before_colon(line: Line) -> str:
    return "" if isinstance(line, Moment) else (line.text if isinstance(line, Piece) else line).partition(":")[0]


async def look_up(client: Client, need: Need) -> Found:
    """Return what a need is answered with, listed once."""
    query = [(name, text) for name, text in (("labelSelector", need.labels), ("fieldSelector", need.fields)) if text]
    body = await client.request("GET", need.resource.path(need.namespace), query=query)
    codec = need.codec() if need.codec else views()[need.resource.id].new_codec()
    items = [codec.item(raw) for raw in codec.page(body).items]
    return Found([msgspec.json.decode(item.body) for item in items if need.picks(item.row)], is_complete=True)


async def describe(client: Client, resource: Resource, obj: Object) -> Description:
    obj = {"apiVersion": resource.api_version, "kind": resource.kind, **obj}
    describer = describer_of(resource)
    needs: Mapping[str, Need] = describer.needs(obj)
    beside = {name: await look_up(client, need) for name, need in needs.items()}
    metadata = obj["metadata"]
    about = events_about(resource, (metadata.get("namespace", ""), metadata["name"]), metadata["uid"])
    happened = await look_up(client, Need(EVENTS, about.namespace, fields=about.selector))
    description = described(describer, obj, beside)
    assert not (description and isinstance(description[0], Prose)), description[0]
    return (*description, events_section(happened))


async def missing(cluster: Cluster, resource: Resource, name: str) -> set[str]:
    """Return the names that kubectl prints of an object and we do not say."""
    namespace = cluster.namespace if resource.namespaced else ""
    words = ("-n", namespace) if namespace else ()
    text = await kubectl(*words, "describe", resource.id, name)
    body = await cluster.client.request("GET", resource.path(namespace, name))
    ours = said_names(await describe(cluster.client, resource, json.loads(body)))
    names = printed_names(text)
    assert len(names) > 4
    return names - ours


@pytest.mark.cluster
@pytest.mark.timeout(400)
async def test_every_field_that_kubectl_prints_is_said(cluster_kubeconfig: Callable[[str], Path]) -> None:
    async with furnished(cluster_kubeconfig("admin")) as cluster:
        named = [*OTHERS.items(), *ELSEWHERE.items()]
        wanted = [(_resource(plural), name) for plural, objects in named for name in objects]
        wanted += [(_resource(plural), f"{cluster.namespace}-more") for plural in EVERYWHERE]
        wanted += [(_resource("pods"), name) for name in PODS]
        wanted += [(_resource("persistentvolumeclaims"), name) for name in ("bound", "data-db-0")]
        wanted += [(NAMESPACES, cluster.namespace), (resource_of("nodes"), "node-1")]
        wanted += [(CUSTOM, f"{cluster.widgets.plural}.{cluster.widgets.group}"), (cluster.widgets, "full")]
        for resource in (resource_of("replicasets.apps"), EVENTS):
            answer = json.loads(await cluster.client.request("GET", resource.path(cluster.namespace)))
            wanted += [(resource, item["metadata"]["name"]) for item in answer["items"][:4]]
        differences = {}
        for resource, name in wanted:
            if lost := await missing(cluster, resource, name):
                differences[f"{resource.plural}/{name}"] = sorted(lost)
    assert differences == {}


def test_names_are_found_in_what_kubectl_prints() -> None:
    table = "Conditions:\n  Type  Status\n  ----  ------\n  Ready: True\n"
    text = f"Name:   a\nLabels: x=y\n{table}Data\n====\nkey:\n----\nv\n"
    assert printed_names(text) == {"Name", "Labels", "Conditions", "Type", "Status", "Ready", "Data", "key"}
