"""Our own match of label selectors and the real API server's, side by side."""

import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from kty.errors import Invalid
from kty.kube import config
from kty.kube.client import Client
from kty.kube.resource import Resource
from kty.kube.selectors import SelectorMistake, parse

pytestmark = pytest.mark.cluster

NAMESPACES = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
CONFIG_MAPS = Resource("", "v1", "ConfigMap", "configmaps")
LABELS: Sequence[dict[str, str]] = (
    {},
    {"app": "web"},
    {"app": "web", "tier": "front"},
    {"app": "web", "tier": "back", "track": "canary"},
    {"app": "db", "tier": "back"},
    {"app": "", "tier": "front"},
    {"app-v2": "web", "app.v2": "web"},
    {"example.com/app": "web", "size": "9"},
    {"size": "10", "app": "in"},
    {"size": "010", "in": "notin"},
    {"size": "big", "app": "Web"},
    {"size": "", "tier": "x" * 63},
)
SELECTORS = (
    "",
    " ",
    "app",
    "!app",
    "! app",
    "app=web",
    "app==web",
    "app=Web",
    "app!=web",
    "app=",
    "app!=",
    "app = web , tier = front",
    "app in (web)",
    "app in (web, db)",
    "app in ()",
    "app in (,web)",
    "app in (web,,db)",
    "app in (web,,)",
    "app in (,,)",
    "app in (,,,web)",
    "app notin (web)",
    "app notin (web,)",
    "app notin ()",
    "app,tier notin (front)",
    "app=web,!track",
    "app=web,tier!=front",
    "app-v2",
    "app.v2=web,app-v2=web",
    "example.com/app=web",
    "example.com/app",
    "size>9",
    "size > 9",
    "size<10",
    "size<011",
    "size>0,size<10",
    "in",
    "in=notin",
    "in in (notin)",
    "app=in",
    "app in (in,notin)",
    "notin",
    "tier=" + "x" * 63,
    "app\t\r\n=\tweb",
)
MISTAKES = (
    ",",
    "app,",
    ",app",
    "app,,tier",
    "app tier",
    "!",
    "!!app",
    "!app=web",
    "=web",
    "app=web=db",
    "app===web",
    "app=(web)",
    "app in",
    "app in web",
    "app in (web",
    "app in (web db)",
    "app in (web))",
    "app notin",
    "size>",
    "size>big",
    "size>-1",
    "size>1.5",
    "size>9223372036854775808",
    "-app",
    "app-",
    "app/",
    "/app",
    "a/b/c",
    "Example.com/app",
    "app=web/x",
    "app=-web",
    "app=ü",
    "app=" + "x" * 64,
    "x" * 64,
)


@pytest.fixture
async def client(cluster_kubeconfig: Callable[[str], Path]) -> AsyncIterator[Client]:
    client = Client(config.infer(cluster_kubeconfig("admin")))
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
async def namespace(client: Client) -> AsyncIterator[str]:
    """A namespace with a config map for each of LABELS, called m0, m1, …"""
    name = f"t-selectors-{uuid.uuid4().hex[:8]}"
    await client.request("POST", NAMESPACES.path(), body=json.dumps({"metadata": {"name": name}}).encode())
    try:
        for number, labels in enumerate(LABELS):
            body = json.dumps({"metadata": {"name": f"m{number}", "labels": {"t": "selectors", **labels}}}).encode()
            await client.request("POST", CONFIG_MAPS.path(name), body=body)
        yield name
    finally:
        await client.request("DELETE", NAMESPACES.path(name=name))


async def selected(client: Client, namespace: str, selector: str) -> list[str]:
    """Return the names of the config maps that the server selects; kube-root-ca.crt, which it made, apart."""
    answer = await client.request("GET", CONFIG_MAPS.path(namespace), query=[("labelSelector", selector)])
    names = [item["metadata"]["name"] for item in json.loads(answer)["items"]]
    return sorted(name for name in names if name != "kube-root-ca.crt")


def matched(selector: str) -> list[str]:
    matches = parse(selector).matches
    rows = [tuple(sorted(f"{key}={value}" for key, value in {"t": "selectors", **labels}.items())) for labels in LABELS]
    return sorted(f"m{number}" for number, labels in enumerate(rows) if matches(labels))


async def test_we_select_what_the_server_selects(client: Client, namespace: str) -> None:
    for selector in SELECTORS:
        expected = await selected(client, namespace, selector)
        assert matched(selector) == expected, selector
        assert await selected(client, namespace, str(parse(selector))) == expected, selector


async def test_we_refuse_what_the_server_refuses(client: Client, namespace: str) -> None:
    for selector in MISTAKES:
        with pytest.raises(Invalid):
            await selected(client, namespace, selector)
        with pytest.raises(SelectorMistake):
            parse(selector)
