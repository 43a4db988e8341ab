"""Examples that look and change nothing."""

import asyncio
import base64
import json
import subprocess
from pathlib import Path

import pytest

from kty.kube import Api, Secret
from kty.kube.parts import Metadata
from tests.examples.conftest import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_discovery(shop: Shop) -> None:
    if shop.is_demo:
        said = await shop.programs.says("discovery")
        assert said[0].startswith("v1.")
        assert said[1].startswith("`all` means pods, ")
        assert "deployments.apps apps/v1 Deployment" in [" ".join(line.split()) for line in said]
        return
    assert await shop.programs.says("discovery", "deploy") == [
        "Deployment (apps/v1), namespaced",
        "names: deployments, deployment, deploy",
        "verbs: create, delete, deletecollection, get, list, patch, update, watch",
        "versions of its group: v1",
    ]


async def test_dynamic_api(shop: Shop) -> None:
    said = await shop.programs.says("dynamic_api")
    counts = dict(line.rsplit(": ", 1) for line in said)
    assert int(counts["pods"]) >= 2
    assert int(counts["configmaps"]) >= 1
    assert counts["daemonsets.apps"] == "0"


async def test_dynamic_jsonpath(shop: Shop) -> None:
    template = r'{range .items[?(@.spec.containers[0].stdin)]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}'
    assert await shop.programs.says("dynamic_jsonpath", "po", template) == ["talk\tRunning", ""]


async def test_pod_paged(shop: Shop) -> None:
    said = await shop.programs.says("pod_paged", "--size", "1", "-l", "stays=here")
    assert said == ["1 pods: talk", "(more to come)", "1 pods: web"]


async def test_request_raw(shop: Shop) -> None:
    review = '{"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}'
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = json.loads("\n".join(await shop.programs.says("request_raw", "POST", path, review)))
    assert answer["status"]["userInfo"]["username"] == "admin"
    if shop.is_demo:
        assert await shop.programs.says("request_raw", "/readyz") == ["ok"]
        (said,) = await shop.programs.says("request_raw", f"/api/v1/namespaces/{shop.namespace}/pods/nobody?pretty=1")
        assert said.startswith('404 NotFound: pods "nobody" not found')


def _made(folder: Path) -> dict[str, str]:
    """Return a certificate and its key, as the data of a secret."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=web.example.com", "-days", "9")
    subprocess.run(["openssl", *new, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return {path.name: base64.b64encode(path.read_bytes()).decode() for path in (certificate, key)}


async def test_cert_check(shop: Shop, tmp_path: Path) -> None:
    data = await asyncio.to_thread(_made, tmp_path)
    secret = Secret(metadata=Metadata(name="web-tls"), type="kubernetes.io/tls", data=data)
    await Api.of(shop.client, Secret, shop.namespace).create(secret)
    server, kept = await shop.programs.says("cert_check")
    assert kept.startswith("web-tls: subject=CN = web.example.com, notAfter=")
    if shop.is_demo:
        assert server.endswith("the kubeconfig lets nobody check who that is")
    else:
        assert " is kubernetes.default.svc, " in server
        assert server.endswith(" days more")
