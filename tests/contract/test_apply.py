"""Server-side apply: who owns what, what conflicts, and what goes when nobody wants it any more."""

import json
from typing import Any

import pytest

from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, Place
from tests.contract.asking import APPLY_PATCH, MERGE_PATCH, Asking

POD = ".spec.template.spec"
SERVICES = "/api/v1/namespaces/{}/services"


def config_map(name: str = "m", **parts: Any) -> dict[str, Any]:
    metadata = {"name": name, **parts.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **parts}


@pytest.fixture
def path(place: Place) -> str:
    """Where the config map m is, once it is made."""
    return CONFIG_MAPS.path(place.namespace, "m")


def owners(obj: dict[str, Any]) -> dict[str, set[str]]:
    """Return what each manager owns: `name Operation` or `name Operation/subresource`, and paths such as `.data.a`."""
    found = {}
    for entry in obj["metadata"].get("managedFields", ()):
        who = f"{entry['manager']} {entry['operation']}"
        if entry.get("subresource"):
            who += f"/{entry['subresource']}"
        assert entry["fieldsType"] == "FieldsV1"
        found[who] = set(_members(entry["fieldsV1"], ""))
    return found


def _members(fields: dict[str, Any], above: str) -> list[str]:
    found = []
    for step, below in fields.items():
        if step == ".":
            continue
        kind, _, name = step.partition(":")
        if kind == "k":
            name = ",".join([f"{key}={value}" for key, value in json.loads(name).items()])
        path = f"{above}.{name}" if kind == "f" else f"{above}[{name}]"
        if not below or "." in below:
            found.append(path)
        found += _members(below, path)
    return found


async def test_what_is_applied_first_is_created_and_owned(ask: Asking, path: str) -> None:
    made = (await ask.apply(path, config_map(metadata={"labels": {"l": "1"}}, data={"a": "1"}))).done(201)
    assert made["data"] == {"a": "1"}
    assert owners(made) == {"one Apply": {".data.a", ".metadata.labels.l"}}
    (entry,) = made["metadata"]["managedFields"]
    assert entry["apiVersion"] == "v1"
    assert entry["time"] == made["metadata"]["creationTimestamp"]


async def test_yaml_can_be_applied(ask: Asking, path: str) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: '1'\n"
    assert (await ask.apply(path, text)).done(201)["data"] == {"a": "1"}


async def test_the_same_again_changes_nothing(ask: Asking, path: str) -> None:
    made = (await ask.apply(path, config_map(data={"a": "1"}))).done(201)
    assert (await ask.apply(path, config_map(data={"a": "1"}))).done() == made


async def test_two_who_agree_share_a_field_and_one_may_let_go_of_it(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1"}), "one")
    shared = (await ask.apply(path, config_map(data={"a": "1"}), "two")).done()
    assert owners(shared) == {"one Apply": {".data.a"}, "two Apply": {".data.a"}}
    left = (await ask.apply(path, config_map(), "two")).done()
    assert owners(left) == {"one Apply": {".data.a"}}
    assert left["data"] == {"a": "1"}


async def test_who_disagrees_is_refused_until_they_force(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    refused = await ask.apply(path, config_map(data={"a": "2"}), "two")
    assert refused.refusal == (409, "Conflict", 'Apply failed with 1 conflict: conflict with "one": .data.a')
    assert refused.causes == [("FieldManagerConflict", ".data.a", 'conflict with "one"')]
    forced = (await ask.apply(path, config_map(data={"a": "2"}), "two", force="true")).done()
    assert forced["data"] == {"a": "2", "b": "1"}
    assert owners(forced) == {"one Apply": {".data.b"}, "two Apply": {".data.a"}}


async def test_every_conflict_is_named(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    await ask("PATCH", f"{path}?fieldManager=two", {"data": {"c": "1"}}, media=MERGE_PATCH)
    refused = await ask.apply(path, config_map(data={"a": "2", "b": "2", "c": "2"}), "three")
    assert refused.refusal[:2] == (409, "Conflict")
    assert refused.refusal[2] == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .data.a\n- .data.b\n'
        'conflicts with "two" using v1:\n- .data.c'
    )
    assert sorted(refused.causes) == [
        ("FieldManagerConflict", ".data.a", 'conflict with "one"'),
        ("FieldManagerConflict", ".data.b", 'conflict with "one"'),
        ("FieldManagerConflict", ".data.c", 'conflict with "two" using v1'),
    ]


async def test_what_is_applied_no_more_goes_when_nobody_else_owns_it(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(metadata={"labels": {"l": "1"}}, data={"a": "1", "b": "1"}), "one")
    await ask.apply(path, config_map(data={"b": "1"}), "two")
    left = (await ask.apply(path, config_map(data={"c": "1"}), "one")).done()
    assert left["data"] == {"b": "1", "c": "1"}
    assert "labels" not in left["metadata"]
    assert owners(left) == {"one Apply": {".data.c"}, "two Apply": {".data.b"}}


async def test_any_other_write_takes_what_it_changes(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    changed = (await ask("PATCH", f"{path}?fieldManager=two", {"data": {"a": "2"}}, media=MERGE_PATCH)).done()
    assert owners(changed) == {"one Apply": {".data.b"}, "two Update": {".data.a"}}
    changed["data"]["b"] = "2"
    changed = (await ask("PUT", f"{path}?fieldManager=one", changed)).done()
    assert owners(changed) == {"one Update": {".data.b"}, "two Update": {".data.a"}}


async def test_a_write_without_a_manager_is_the_clients(ask: Asking, path: str, place: Place) -> None:
    made = await ask.create(CONFIG_MAPS.path(place.namespace), config_map(data={"a": "1"}))
    assert owners(made) == {"t-contract Update": {".data", ".data.a"}}


async def test_who_removes_a_field_owns_nothing_of_it(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    changed = (await ask("PATCH", f"{path}?fieldManager=two", {"data": {"a": None}}, media=MERGE_PATCH)).done()
    assert owners(changed) == {"one Apply": {".data.b"}}


async def test_what_was_there_before_the_first_apply_has_an_owner_too(ask: Asking, path: str, place: Place) -> None:
    made = await ask.create(CONFIG_MAPS.path(place.namespace), config_map(data={"a": "1"}))
    reset = (await ask("PATCH", path, {"metadata": {"managedFields": [{}]}}, media=MERGE_PATCH)).done()
    assert owners(made)
    assert "managedFields" not in reset["metadata"]
    later = (await ask("PATCH", path, {"data": {"b": "1"}}, media=MERGE_PATCH)).done()
    assert "managedFields" not in later["metadata"]
    applied = (await ask.apply(path, config_map(data={"c": "1"}))).done()
    assert owners(applied) == {"before-first-apply Update": {".data", ".data.a", ".data.b"}, "one Apply": {".data.c"}}


async def test_managed_fields_can_be_written_but_not_applied(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1"}))
    fields: Any = {"f:data": {"f:a": {}}}
    entry = {"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": fields}
    written = (await ask("PATCH", path, {"metadata": {"managedFields": [entry]}}, media=MERGE_PATCH)).done()
    assert written["metadata"]["managedFields"] == [entry]
    nonsense = [{"manager": "x", "operation": "Shake"}]
    kept = (await ask("PATCH", path, {"metadata": {"managedFields": nonsense}}, media=MERGE_PATCH)).done()
    assert kept["metadata"]["managedFields"] == [entry]
    refused = await ask.apply(path, config_map(metadata={"managedFields": [entry]}))
    assert refused.refusal == (400, "BadRequest", "metadata.managedFields must be nil")


async def test_a_dry_run_makes_nothing(ask: Asking, path: str) -> None:
    shown = (await ask.apply(path, config_map(data={"a": "1"}), dryRun="All")).done(201)
    assert owners(shown) == {"one Apply": {".data.a"}}
    assert (await ask("GET", path)).status == 404
    await ask.apply(path, config_map(data={"a": "1"}))
    shown = (await ask.apply(path, config_map(data={"a": "2"}), dryRun="All")).done()
    assert shown["data"] == {"a": "2"}
    assert (await ask.get(path))["data"] == {"a": "1"}


async def test_a_version_that_is_applied_must_be_the_one_there_is(ask: Asking, path: str) -> None:
    made = (await ask.apply(path, config_map(data={"a": "1"}))).done(201)
    version = made["metadata"]["resourceVersion"]
    changed = config_map(data={"a": "2"}, metadata={"resourceVersion": version})
    (await ask.apply(path, changed)).done()
    refused = await ask.apply(path, changed)
    assert refused.refusal[:2] == (409, "Conflict")
    assert refused.refusal[2].startswith(
        'Operation cannot be fulfilled on configmaps "m": the object has been modified'
    )


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


async def test_finalizers_are_a_set_that_several_may_add_to(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(metadata={"finalizers": ["t.io/a"]}), "one")
    both = (await ask.apply(path, config_map(metadata={"finalizers": ["t.io/b"]}), "two")).done()
    assert sorted(both["metadata"]["finalizers"]) == ["t.io/a", "t.io/b"]
    assert owners(both) == {
        "one Apply": {'.metadata.finalizers["t.io/a"]'},
        "two Apply": {'.metadata.finalizers["t.io/b"]'},
    }
    left = (await ask.apply(path, config_map(), "one")).done()
    assert left["metadata"]["finalizers"] == ["t.io/b"]
    (await ask.apply(path, config_map(), "two")).done()


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


async def test_what_kubectl_applied_on_its_side_is_no_conflict_for_it(ask: Asking, path: str, place: Place) -> None:
    last = config_map(data={"a": "1"})
    annotation = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(last)}
    made = config_map(data={"a": "1", "b": "1"}, metadata={"annotations": annotation})
    await ask("POST", CONFIG_MAPS.path(place.namespace) + "?fieldManager=kubectl-client-side-apply", made)
    assert (await ask.apply(path, config_map(data={"a": "2"}), "other")).status == 409
    assert (await ask.apply(path, config_map(data={"b": "2"}), "kubectl")).status == 409
    upgraded = (await ask.apply(path, config_map(data={"a": "2"}), "kubectl")).done()
    assert upgraded["data"] == {"a": "2", "b": "1"}
    assert ".data.a" in owners(upgraded)["kubectl Apply"]
    said = json.loads(upgraded["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])
    assert said["data"] == {"a": "2"}


async def test_a_viewer_may_not_apply_and_an_editor_may(ask: Asking, cluster: Any, path: str) -> None:
    refused = await cluster.ask("viewer").apply(path, config_map(data={"a": "1"}))
    assert refused.refusal[:2] == (403, "Forbidden")
    (await cluster.ask("editor").apply(path, config_map(data={"a": "1"}))).done(201)
