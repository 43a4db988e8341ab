"""Whom a kubeconfig impersonates is whom the server takes us for."""

import json
from pathlib import Path

import yaml

from kty.kube.client import Client
from kty.kube.config import infer
from tests.contract.conftest import Cluster

WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


async def test_a_user_with_groups_a_uid_and_extras(cluster: Cluster, tmp_path: Path) -> None:
    content = yaml.safe_load(cluster.kubeconfig("admin").read_text())
    context = next(each for each in content["contexts"] if each["name"] == content["current-context"])["context"]
    user = next(each for each in content["users"] if each["name"] == context["user"])["user"]
    user |= {
        "as": "jane",
        "as-uid": "u-7",
        "as-groups": ["dev", "ops"],
        "as-user-extra": {"example.com/reason": ["a", "b"]},
    }
    (tmp_path / "config").write_text(yaml.safe_dump(content))
    async with Client(infer(tmp_path / "config")) as client:
        body = b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'
        found = json.loads(await client.request("POST", WHO, body=body))["status"]["userInfo"]
    assert found == {
        "username": "jane",
        "uid": "u-7",
        "groups": ["dev", "ops", "system:authenticated"],
        "extra": {"example.com/reason": ["a", "b"]},
    }
