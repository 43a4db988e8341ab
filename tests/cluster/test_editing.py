"""What is changed on a real API server, where a webhook has its say."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from kty.errors import Forbidden
from kty.kube.api import Api
from kty.kube.patches import Merge
from kty.kube.resource import Resource
from tests.cluster.browsing import browsing, command, under_cursor
from tests.cluster.place import GUARD, Place
from tests.kube.certificates import Authority
from tests.kube.serving import serve
from tests.stories.test_editing import editor

pytestmark = pytest.mark.cluster
CONFIGMAPS = Resource("", "v1", "ConfigMap", "configmaps")
GROUP = "admissionregistration.k8s.io"
WEBHOOKS = Resource(GROUP, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", namespaced=False)
WHY = "not on a Friday \x1b[31m"


async def judge(request: web.Request) -> web.StreamResponse:
    """Refuse whatever is deleted, and what is to say so."""
    review = json.loads(await request.read())
    asked = review["request"]
    is_allowed = asked["operation"] == "UPDATE" and asked["object"]["data"]["mood"] != "reckless"
    verdict = {"uid": asked["uid"], "allowed": is_allowed, "status": {"message": WHY, "code": 403}}
    return web.json_response({"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": verdict})


@asynccontextmanager
async def watched_over(place: Place, folder: Path) -> AsyncIterator[None]:
    """Let a webhook judge what becomes of the config maps here."""
    authority = Authority(folder / "ca", "t-webhooks")
    issued = authority.issue("webhook", ["IP:127.0.0.1"])
    async with serve(judge, issued.serving()) as url:
        bundle = base64.b64encode(authority.certificate.read_bytes()).decode()
        webhook = {
            "name": "judge.example.com",
            "clientConfig": {"url": url, "caBundle": bundle},
            "rules": [
                {
                    "apiGroups": [""],
                    "apiVersions": ["v1"],
                    "resources": ["configmaps"],
                    "operations": ["UPDATE", "DELETE"],
                }
            ],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": place.namespace}},
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
        await place.create(WEBHOOKS, place.namespace, webhooks=[webhook])
        try:
            yield
        finally:
            await place.remove(WEBHOOKS, place.namespace)


async def refuses(place: Place) -> None:
    """Wait until the API server asks the webhook: it learns of one a moment after it was made."""
    api = Api(place.client, CONFIGMAPS, place.namespace)
    async with asyncio.timeout(GUARD):
        while True:
            try:
                await api.patch("settings", Merge({"data": {"mood": "reckless"}}), dry_run=True)
            except Forbidden:
                return
            await asyncio.sleep(0.1)


async def test_a_webhook_that_refuses_is_heard_before_anything_is_changed_and_can_be_pleased(
    cluster_kubeconfig: Callable[[str], Path], place: Place, tmp_path: Path
) -> None:
    await place.create(CONFIGMAPS, "settings", data={"mood": "calm"})
    seen = tmp_path / "seen"
    env = editor(
        tmp_path,
        """sed -i 's/mood: calm/mood: reckless/' "$1" """,
        f"""cp "$1" {seen}; sed -i 's/mood: reckless/mood: bold/' "$1" """,
    )
    async with (
        watched_over(place, tmp_path),
        browsing(cluster_kubeconfig("admin"), place.namespace, env=env) as me,
    ):
        await command(me, "cm /settings")
        await me.until(lambda: under_cursor(me) == "settings", "the cursor on it")
        await refuses(place)
        await me.press("e")
        await me.sees("-  mood: calm", "+  mood: bold", "y does it")
        assert "judge.example.com" in seen.read_text()
        assert "not on a Friday \\x1b[31m" in seen.read_text()
        await me.press("y")
        await me.sees("configmap settings is changed")
        await me.press("ctrl+d")
        await me.sees("Delete configmap")
        await me.press("y")
        await me.sees("not on a Friday \\x1b[31m")
        await me.sees("settings", "● live")
