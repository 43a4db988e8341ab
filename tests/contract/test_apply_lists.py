"""Server-side apply to what has keyed lists, parts and subresources: deployments, pods, services."""

from typing import Any

import pytest

from tests.cluster.place import DEPLOYMENTS, Place
from tests.contract.asking import MERGE_PATCH, Asking
from tests.contract.ownership import owners

POD = ".spec.template.spec"
SERVICES = "/api/v1/namespaces/{}/services"


def deployment(*containers: dict[str, Any], **parts: Any) -> dict[str, Any]:
    pod = {"containers": list(containers), **parts.pop("pod", {})}
    spec = {
        "selector": {"matchLabels": {"app": "t"}},
        "template": {"metadata": {"labels": {"app": "t"}}, "spec": pod},
        **parts,
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


IDLE = {"replicas": 2, "paused": True}
"""No pod is made of what is paused from the start."""
SAME = {".spec.selector", ".spec.template.metadata.labels.app"}


@pytest.fixture
async def there(place: Place, ask: Asking) -> str:
    """The path of a deployment without pods: main by one, with an env variable and a port."""
    path = DEPLOYMENTS.path(place.namespace, "d")
    main = {"name": "main", "image": "a:1", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}
    (await ask.apply(path, deployment(main, **IDLE))).done(201)
    return path


async def test_keyed_lists_are_owned_item_by_item(ask: Asking, there: str) -> None:
    other = {
        "name": "main",
        "image": "a:1",
        "env": [{"name": "B", "value": "1"}],
        "ports": [{"containerPort": 80, "protocol": "UDP", "name": "u"}],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
    }
    pod = {
        "volumes": [{"name": "v", "emptyDir": {}}],
        "tolerations": [{"key": "t", "operator": "Exists"}],
        "imagePullSecrets": [{"name": "s"}],
        "nodeSelector": {"n": "1"},
    }
    both = (await ask.apply(there, deployment(other, {"name": "side", "image": "s:1"}, pod=pod), "two")).done()
    main = f"{POD}.containers[name=main]"
    side = f"{POD}.containers[name=side]"
    udp = f"{main}.ports[containerPort=80,protocol=UDP]"
    volume = f"{POD}.volumes[name=v]"
    found = owners(both)
    assert found["one Apply"] == SAME | {
        *(".spec.replicas", ".spec.paused", main, f"{main}.name", f"{main}.image"),
        *(f"{main}.env[name=A]{part}" for part in ("", ".name", ".value")),
        *(f"{main}.ports[containerPort=80,protocol=TCP]{part}" for part in ("", ".containerPort")),
    }
    assert found["two Apply"] == SAME | {
        *(main, f"{main}.name", f"{main}.image", side, f"{side}.name", f"{side}.image"),
        *(f"{main}.env[name=B]{part}" for part in ("", ".name", ".value")),
        *(f"{udp}{part}" for part in ("", ".containerPort", ".protocol", ".name")),
        *(f"{main}.volumeMounts[mountPath=/v]{part}" for part in ("", ".name", ".mountPath")),
        *(volume, f"{volume}.name", f"{volume}.emptyDir"),
        *(f"{POD}.tolerations", f"{POD}.imagePullSecrets[name=s]", f"{POD}.nodeSelector"),
    }
    spec = both["spec"]["template"]["spec"]
    assert [each["name"] for each in spec["containers"]] == ["main", "side"]
    assert [each["name"] for each in spec["containers"][0]["env"]] == ["A", "B"]
    assert [each["protocol"] for each in spec["containers"][0]["ports"]] == ["TCP", "UDP"]


async def test_an_item_that_is_applied_no_more_goes_with_all_that_is_in_it(ask: Asking, there: str) -> None:
    side = {"name": "side", "image": "s:1", "env": [{"name": "S", "value": "1"}]}
    (await ask.apply(there, deployment(side), "two")).done()
    left = (await ask.apply(there, deployment({"name": "main"}), "two")).done()
    spec = left["spec"]["template"]["spec"]
    assert [each["name"] for each in spec["containers"]] == ["main"]
    assert owners(left)["two Apply"] == SAME | {
        f"{POD}.containers[name=main]",
        f"{POD}.containers[name=main].name",
    }


async def test_items_come_in_the_order_that_is_applied_last(ask: Asking, there: str) -> None:
    a, b, c = ({"name": name, "image": "i:1"} for name in "abc")
    (await ask.apply(there, deployment(a, b, c), "two")).done()
    mixed = (await ask.apply(there, deployment(c, a, {"name": "d", "image": "i:1"}), "two")).done()
    assert [each["name"] for each in mixed["spec"]["template"]["spec"]["containers"]] == ["main", "c", "a", "d"]


async def test_a_conflict_in_a_list_names_the_item(ask: Asking, there: str) -> None:
    refused = await ask.apply(there, deployment({"name": "main", "image": "a:2"}), "two")
    place = '.spec.template.spec.containers[name="main"].image'
    assert refused.refusal == (409, "Conflict", f'Apply failed with 1 conflict: conflict with "one": {place}')
    changed = {"name": "main", "ports": [{"containerPort": 80, "name": "x"}], "env": [{"name": "A", "value": "2"}]}
    refused = await ask.apply(there, deployment(changed), "two")
    place = '.spec.template.spec.containers[name="main"].env[name="A"].value'
    assert refused.refusal[2] == f'Apply failed with 1 conflict: conflict with "one": {place}'


async def test_what_is_one_piece_conflicts_as_one_piece(ask: Asking, there: str) -> None:
    main = {"name": "main", "image": "a:1"}
    pod = {"tolerations": [{"key": "a", "operator": "Exists"}], "nodeSelector": {"n": "1"}}
    (await ask.apply(there, deployment(main, pod=pod), "two")).done()
    pod = {"tolerations": [{"key": "b", "operator": "Exists"}], "nodeSelector": {"m": "1"}}
    refused = await ask.apply(there, deployment(main, pod=pod), "three")
    assert sorted(refused.causes) == [
        ("FieldManagerConflict", f"{POD}.nodeSelector", 'conflict with "two"'),
        ("FieldManagerConflict", f"{POD}.tolerations", 'conflict with "two"'),
    ]
    forced = (await ask.apply(there, deployment(main, pod=pod), "three", force="true")).done()
    spec = forced["spec"]["template"]["spec"]
    assert [each["key"] for each in spec["tolerations"]] == ["b"]
    assert spec["nodeSelector"] == {"m": "1"}
    assert f"{POD}.tolerations" not in owners(forced)["two Apply"]


async def test_a_deployment_that_is_created_has_one_owner_of_all_that_it_says(ask: Asking, place: Place) -> None:
    made = await ask.create(DEPLOYMENTS.path(place.namespace), deployment({"name": "main", "image": "a:1"}, **IDLE))
    main = f"{POD}.containers[name=main]"
    container = ("image", "imagePullPolicy", "name", "resources", "terminationMessagePath", "terminationMessagePolicy")
    pod = ("dnsPolicy", "restartPolicy", "schedulerName", "securityContext", "terminationGracePeriodSeconds")
    strategy = ".spec.strategy.rollingUpdate"
    assert owners(made) == {
        "t-contract Update": {
            *(f".spec.{part}" for part in ("paused", "replicas", "selector", "progressDeadlineSeconds")),
            *(".spec.revisionHistoryLimit", ".spec.strategy.type"),
            *(strategy, f"{strategy}.maxSurge", f"{strategy}.maxUnavailable"),
            *(".spec.template.metadata.labels", ".spec.template.metadata.labels.app"),
            *(main, *[f"{main}.{part}" for part in container]),
            *[f"{POD}.{part}" for part in pod],
        }
    }


async def test_the_scale_can_be_applied_alone(ask: Asking, there: str) -> None:
    scale = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "d"}, "spec": {"replicas": 2}}
    shown = (await ask.apply(f"{there}/scale", scale, "two")).done()
    assert (shown["kind"], shown["spec"]) == ("Scale", {"replicas": 2})
    assert owners(await ask.get(there))["two Apply/scale"] == {".spec.replicas"}
    scale["spec"] = {"replicas": 3}
    refused = await ask.apply(f"{there}/scale", scale, "two")
    assert refused.refusal == (409, "Conflict", 'Apply failed with 1 conflict: conflict with "one": .spec.replicas')


async def test_the_status_has_owners_of_its_own(ask: Asking, place: Place) -> None:
    await place.pod("p")
    path = f"/api/v1/namespaces/{place.namespace}/pods/p"
    condition = {"type": "t.io/Seen", "status": "True"}
    status = {"conditions": [condition], "message": "seen"}
    applied = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "status": status}
    shown = (await ask.apply(f"{path}/status", applied, "two")).done()
    seen = ".status.conditions[type=t.io/Seen]"
    assert owners(shown)["two Apply/status"] == {".status.message", seen, f"{seen}.type", f"{seen}.status"}
    ignored = (await ask.apply(path, applied, "three")).done()
    assert "three Apply" not in owners(ignored)
    changed = (await ask("PATCH", f"{path}/status", {"status": {"message": "other"}}, media=MERGE_PATCH)).done()
    assert owners(changed)["t-contract Update/status"] == {".status.message"}
    assert ".status.message" not in owners(changed)["two Apply/status"]


async def test_a_service_does_not_own_the_address_that_it_is_given(ask: Asking, place: Place) -> None:
    spec = {"ports": [{"port": 80, "name": "t"}, {"port": 80, "protocol": "UDP", "name": "u"}]}
    made = await ask.create(SERVICES.format(place.namespace), {"metadata": {"name": "s"}, "spec": spec})
    parts = ("", ".name", ".port", ".protocol", ".targetPort")
    assert owners(made) == {
        "t-contract Update": {
            *(".spec.internalTrafficPolicy", ".spec.sessionAffinity", ".spec.type", ".spec.ports"),
            *(f".spec.ports[port=80,protocol={name}]{part}" for name in ("TCP", "UDP") for part in parts),
        }
    }
