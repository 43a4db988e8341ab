"""What kty shows as YAML, the API server takes back unchanged."""

import json
import re
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kty.kube.manifest import to_yaml
from tests.kube.odd_strings import ODD

pytestmark = pytest.mark.cluster

Send = Callable[..., Any]


@pytest.fixture(scope="module")
def send(cluster_kubeconfig: Callable[[str], Path]) -> Send:
    """Return a function that sends a body to the API server and returns its decoded answer."""
    kubeconfig = json.loads(cluster_kubeconfig("admin").read_text())
    cluster, user = kubeconfig["clusters"][0]["cluster"], kubeconfig["users"][0]["user"]
    tls = ssl.create_default_context(cafile=cluster["certificate-authority"])

    def call(method: str, path: str, body: str = "", kind: str = "application/yaml") -> Any:
        headers = {"Authorization": f"Bearer {user['token']}", "Content-Type": kind}
        request = urllib.request.Request(cluster["server"] + path, body.encode() or None, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=tls, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            pytest.fail(f"{method} {path}: {error.read().decode()}\n{body}")

    return call


@pytest.fixture
def namespace(send: Send) -> Iterator[str]:
    name = f"t-manifest-{secrets.token_hex(4)}"
    send("POST", "/api/v1/namespaces", json.dumps({"metadata": {"name": name}}))
    yield name
    send("DELETE", f"/api/v1/namespaces/{name}")


LABEL_VALUE = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]|")
KEY = re.compile(r"[-._A-Za-z0-9]+")


def odd_config_map(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "odd",
            "namespace": namespace,
            "labels": {f"l{i}": odd for i, odd in enumerate(ODD) if LABEL_VALUE.fullmatch(odd) and len(odd) < 64},
            "annotations": {f"a{i}": odd for i, odd in enumerate(ODD)},
        },
        "data": {f"d{i}": odd for i, odd in enumerate(ODD)}
        | {
            odd: odd for odd in ODD if KEY.fullmatch(odd) and not odd.startswith("..") and odd != "." and len(odd) < 254
        },
    }


def odd_pod(namespace: str) -> dict[str, Any]:
    env = [{"name": f"E{i}", "value": odd} for i, odd in enumerate(ODD) if odd]
    container = {
        "name": "main",
        "image": "registry.example/odd:1e3",
        "command": [odd for odd in ODD if odd],
        "env": env,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "odd", "namespace": namespace},
        "spec": {"containers": [container]},
    }


def test_odd_values_in_a_config_map_come_back_as_they_were(send: Send, namespace: str) -> None:
    sent = odd_config_map(namespace)
    found = send("POST", f"/api/v1/namespaces/{namespace}/configmaps?dryRun=All", to_yaml(sent))
    assert found["data"] == sent["data"]
    assert found["metadata"]["labels"] == sent["metadata"]["labels"]
    assert found["metadata"]["annotations"] == sent["metadata"]["annotations"]


def test_odd_values_in_a_pod_come_back_as_they_were(send: Send, namespace: str) -> None:
    sent = odd_pod(namespace)
    found = send("POST", f"/api/v1/namespaces/{namespace}/pods?dryRun=All", to_yaml(sent))
    main, back = sent["spec"]["containers"][0], found["spec"]["containers"][0]
    assert (back["env"], back["command"], back["image"]) == (main["env"], main["command"], main["image"])


def test_the_yaml_of_a_live_object_can_be_applied_and_put_back(send: Send, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    live = send("POST", path, json.dumps(odd_config_map(namespace)), "application/json")
    text = to_yaml(live)
    put = send("PUT", f"{path}/odd?dryRun=All", text)
    assert (put["data"], put["metadata"]["annotations"]) == (live["data"], live["metadata"]["annotations"])
    applied = send("PATCH", f"{path}/odd?dryRun=All&fieldManager=kty&force=true", text, "application/apply-patch+yaml")
    assert (applied["data"], applied["metadata"]["annotations"]) == (live["data"], live["metadata"]["annotations"])
