"""What cannot be applied, and the words in which it is refused."""

from typing import Any

import pytest

from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, Place
from tests.contract.asking import APPLY_PATCH, Asking
from tests.contract.test_apply import config_map

POD = ".spec.template.spec"
SERVICES = "/api/v1/namespaces/{}/services"


@pytest.fixture
def path(place: Place) -> str:
    """Where the config map m would be."""
    return CONFIG_MAPS.path(place.namespace, "m")


@pytest.mark.parametrize(
    ("query", "content", "refusal"),
    [
        (
            "",
            config_map(),
            (
                422,
                "Invalid",
                'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
            ),
        ),
        ("fieldManager=x", {"data": {}}, (400, "BadRequest", "invalid object type: /, Kind=")),
        (
            "fieldManager=x",
            {"apiVersion": "v1", "kind": "Secret"},
            (400, "BadRequest", "invalid object type: /v1, Kind=Secret"),
        ),
        (
            "fieldManager=x",
            {"apiVersion": "apps/v1", "kind": "ConfigMap"},
            (400, "BadRequest", "invalid object type: apps/v1, Kind=ConfigMap"),
        ),
        (
            "fieldManager=x",
            {"apiVersion": "v1", "kind": "ConfigMap"},
            (
                400,
                "BadRequest",
                "the name of the object (m based on URL) was undeterminable: name must be provided",
            ),
        ),
        (
            "fieldManager=x",
            config_map("other"),
            (400, "BadRequest", "the name of the object (other) does not match the name on the URL (m)"),
        ),
        (
            "fieldManager=x",
            config_map(metadata={"namespace": "other"}),
            (
                400,
                "BadRequest",
                "the namespace of the provided object does not match the namespace sent on the request",
            ),
        ),
        (
            "fieldManager=x",
            config_map(metadata={"uid": "5"}),
            (
                409,
                "Conflict",
                'Operation cannot be fulfilled on configmaps "m": uid mismatch: the provided object specified uid 5, '
                "and no existing object was found",
            ),
        ),
        (
            "fieldManager=x",
            config_map(metadata={"finalizers": ["t.io/a", "t.io/a"]}),
            (
                500,
                "",
                "failed to create typed patch object (/m; /v1, Kind=ConfigMap): "
                '.metadata.finalizers: duplicate entries for key [="t.io/a"]',
            ),
        ),
    ],
)
async def test_what_cannot_be_applied_is_refused(
    ask: Asking, path: str, query: str, content: Any, refusal: tuple[int, str, str]
) -> None:
    assert (await ask("PATCH", f"{path}?{query}", content, media=APPLY_PATCH)).refusal == refusal
    assert (await ask("GET", path)).status == 404


@pytest.mark.parametrize(
    ("spec", "mistake"),
    [
        ({"foo": 1}, ".spec.foo: field not declared in schema"),
        ({"replicas": "x"}, ".spec.replicas: expected numeric (int or float), got string"),
        ({"paused": 1}, ".spec.paused: expected boolean, got &{1}"),
        ({"selector": []}, ".spec.selector: expected map, got &{[]}"),
        ({"template": {"spec": {"containers": {"a": 1}}}}, f"{POD}.containers: expected list, got &{{map[a:1]}}"),
        (
            {"template": {"spec": {"containers": [{"name": "a", "command": [1]}]}}},
            f'{POD}.containers[name="a"].command[0]: expected string, got &value.valueUnstructured{{Value:1}}',
        ),
        (
            {"template": {"spec": {"containers": [{"name": "a"}, {"name": "a"}, "x"]}}},
            f'errors:\n  {POD}.containers: duplicate entries for key [name="a"]\n'
            f"  {POD}.containers: element 2: associative list with keys may not have non-map elements",
        ),
    ],
)
async def test_what_is_applied_must_be_what_the_kind_declares(
    ask: Asking, place: Place, spec: dict[str, Any], mistake: str
) -> None:
    content = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    refused = await ask.apply(DEPLOYMENTS.path(place.namespace, "d"), content)
    message = f"failed to create typed patch object (/d; apps/v1, Kind=Deployment): {mistake}"
    assert refused.refusal == (500, "", message)


async def test_the_same_item_twice_cannot_be_applied(ask: Asking, place: Place) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]},
    }
    refused = await ask.apply(SERVICES.format(place.namespace) + "/s", service)
    assert refused.refusal == (
        500,
        "",
        "failed to create typed patch object (/s; /v1, Kind=Service): "
        '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    )
