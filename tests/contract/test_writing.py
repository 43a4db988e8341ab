"""Create, read, replace: metadata, versions, generations, conflicts, dry-run, unknown fields."""

import re

from tests.cluster.place import Place
from tests.contract.asking import Asking

POD_SPEC = {"containers": [{"name": "main", "image": "busybox:local"}]}


def maps(place: Place) -> str:
    return f"/api/v1/namespaces/{place.namespace}/configmaps"


def deployments(place: Place) -> str:
    return f"/apis/apps/v1/namespaces/{place.namespace}/deployments"


def deployment(name: str) -> dict[str, object]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": POD_SPEC}
    return {
        "metadata": {"name": name},
        "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template},
    }


async def test_a_new_object_gets_its_metadata_from_the_server(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one", "labels": {"a": "b"}}, "data": {"k": "v"}})
    assert (made["kind"], made["apiVersion"], made["data"]) == ("ConfigMap", "v1", {"k": "v"})
    meta = made["metadata"]
    assert (meta["name"], meta["namespace"], meta["labels"]) == ("one", place.namespace, {"a": "b"})
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", meta["uid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta["creationTimestamp"])
    assert meta["resourceVersion"].isdigit()
    assert "generation" not in meta
    assert await ask.get(f"{maps(place)}/one") == made


async def test_what_is_there_is_not_created_again(ask: Asking, place: Place) -> None:
    await ask.create(maps(place), {"metadata": {"name": "one"}})
    answer = await ask("POST", maps(place), {"metadata": {"name": "one"}})
    assert answer.refusal == (409, "AlreadyExists", 'configmaps "one" already exists')
    assert answer.content["details"] == {"name": "one", "kind": "configmaps"}


async def test_a_name_can_be_left_to_the_server(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"generateName": "some-"}})
    assert re.fullmatch(r"some-[a-z0-9]{5}", made["metadata"]["name"])
    assert made["metadata"]["generateName"] == "some-"
    long = await ask.create(maps(place), {"metadata": {"generateName": "x" * 100}})
    assert len(long["metadata"]["name"]) == 63
    answer = await ask("POST", maps(place), {"metadata": {}})
    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2] == (
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'
    )


async def test_versions_grow_over_all_kinds(ask: Asking, place: Place) -> None:
    one = await ask.create(maps(place), {"metadata": {"name": "one"}})
    secrets = f"/api/v1/namespaces/{place.namespace}/secrets"
    two = await ask.create(secrets, {"metadata": {"name": "two"}})
    three = await ask.merge(f"{maps(place)}/one", {"data": {"a": "b"}})
    versions = [int(obj["metadata"]["resourceVersion"]) for obj in (one, two, three)]
    assert versions == sorted(set(versions))


async def test_only_what_changes_something_makes_a_version(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one"}, "data": {"a": "b"}})
    again = (await ask("PUT", f"{maps(place)}/one", made)).done()
    assert again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    other = (await ask("PUT", f"{maps(place)}/one", {**made, "data": {"a": "c"}})).done()
    assert other["metadata"]["resourceVersion"] != made["metadata"]["resourceVersion"]


async def test_a_replace_of_another_version_is_a_conflict(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one"}})
    await ask.merge(f"{maps(place)}/one", {"data": {"a": "b"}})
    answer = await ask("PUT", f"{maps(place)}/one", {**made, "data": {"x": "y"}})
    why = "the object has been modified; please apply your changes to the latest version and try again"
    assert answer.refusal == (409, "Conflict", f'Operation cannot be fulfilled on configmaps "one": {why}')
    assert answer.content["details"] == {"name": "one", "kind": "configmaps"}
    unconditional = {"metadata": {"name": "one"}, "data": {"x": "y"}}
    assert (await ask("PUT", f"{maps(place)}/one", unconditional)).done()["data"] == {"x": "y"}


async def test_a_replace_of_another_object_of_that_name_is_a_conflict(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one"}})
    answer = await ask("PUT", f"{maps(place)}/one", {"metadata": {"name": "one", "uid": "another"}})
    assert answer.refusal[:2] == (409, "Conflict")
    uid = made["metadata"]["uid"]
    assert answer.refusal[2].endswith(f"Precondition failed: UID in precondition: another, UID in object meta: {uid}")


async def test_some_kinds_have_to_name_the_version_they_replace(ask: Asking, place: Place) -> None:
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{place.namespace}/leases"
    await ask.create(leases, {"metadata": {"name": "one"}})
    answer = await ask("PUT", f"{leases}/one", {"metadata": {"name": "one"}})
    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].endswith("metadata.resourceVersion: Invalid value: 0: must be specified for an update")


async def test_what_is_not_there_cannot_be_replaced(ask: Asking, place: Place) -> None:
    answer = await ask("PUT", f"{maps(place)}/none", {"metadata": {"name": "none"}})
    assert answer.refusal == (404, "NotFound", 'configmaps "none" not found')
    services = f"/apis/coordination.k8s.io/v1/namespaces/{place.namespace}/leases"
    assert (await ask("PUT", f"{services}/new", {"metadata": {"name": "new"}})).status == 201  # some kinds are made


async def test_metadata_that_is_the_servers_stays(ask: Asking, place: Place) -> None:
    made = await ask.create(maps(place), {"metadata": {"name": "one"}})
    changed = {
        **made,
        "metadata": {**made["metadata"], "creationTimestamp": "2001-01-01T00:00:00Z"},
        "data": {"a": "b"},
    }
    answer = (await ask("PUT", f"{maps(place)}/one", changed)).done()
    for field in ("uid", "creationTimestamp", "name", "namespace"):
        assert answer["metadata"][field] == made["metadata"][field]


async def test_the_generation_counts_what_a_controller_acts_upon(ask: Asking, place: Place) -> None:
    path = f"{deployments(place)}/web"
    made = await ask.create(deployments(place), deployment("web"))
    assert made["metadata"]["generation"] == 1
    assert (await ask.merge(path, {"spec": {"paused": True}}))["metadata"]["generation"] == 2
    assert (await ask.merge(path, {"metadata": {"labels": {"a": "b"}}}))["metadata"]["generation"] == 2
    assert (await ask.merge(path, {"metadata": {"annotations": {"a": "b"}}}))["metadata"]["generation"] == 3
    assert (await ask.merge(f"{path}/status", {"status": {"replicas": 3}}))["metadata"]["generation"] == 3


async def test_status_is_written_by_its_own_path_only(ask: Asking, place: Place) -> None:
    made = await ask.create(deployments(place), {**deployment("web"), "status": {"replicas": 7}})
    assert "replicas" not in made["status"]
    path = f"{deployments(place)}/web"
    main = await ask.merge(path, {"status": {"collisionCount": 7}})
    assert "collisionCount" not in main["status"]
    part = await ask.merge(f"{path}/status", {"status": {"collisionCount": 7}, "spec": {"paused": True}})
    assert part["status"]["collisionCount"] == 7
    assert "paused" not in part["spec"]
    assert (await ask.get(f"{path}/status"))["kind"] == "Deployment"


async def test_a_dry_run_answers_and_does_nothing(ask: Asking, place: Place) -> None:
    answer = (await ask("POST", f"{maps(place)}?dryRun=All", {"metadata": {"name": "one"}})).done(201)
    assert "resourceVersion" not in answer["metadata"]
    assert "uid" in answer["metadata"]
    assert (await ask("GET", f"{maps(place)}/one")).status == 404
    made = await ask.create(maps(place), {"metadata": {"name": "one"}})
    assert (await ask("POST", f"{maps(place)}?dryRun=All", {"metadata": {"name": "one"}})).status == 409
    tried = (
        await ask("PUT", f"{maps(place)}/one?dryRun=All", {"metadata": {"name": "one"}, "data": {"a": "b"}})
    ).done()
    assert tried["data"] == {"a": "b"}
    assert tried["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    gone = (await ask("DELETE", f"{maps(place)}/one?dryRun=All")).done()
    assert (gone["status"], gone["details"]["uid"]) == ("Success", made["metadata"]["uid"])
    assert await ask.get(f"{maps(place)}/one") == made
    answer = await ask("POST", f"{maps(place)}?dryRun=Some", {"metadata": {"name": "two"}})
    why = 'dryRun: Unsupported value: ["Some"]: supported values: "All"'
    assert answer.refusal == (422, "Invalid", f'CreateOptions.meta.k8s.io "" is invalid: {why}')


async def test_unknown_fields_are_refused_warned_of_or_ignored(ask: Asking, place: Place) -> None:
    odd = {**deployment("web"), "nonsense": 1}
    odd["spec"]["template"]["spec"] = {"containers": [{"name": "main", "image": "busybox:local", "colour": "red"}]}  # type: ignore[index]
    strict = await ask("POST", f"{deployments(place)}?fieldValidation=Strict&dryRun=All", odd)
    said = 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
    assert strict.refusal[:2] == (400, "BadRequest")
    assert strict.refusal[2].startswith(said)
    fields = set(strict.refusal[2].removeprefix(said).split(", "))
    assert fields == {'unknown field "nonsense"', 'unknown field "spec.template.spec.containers[0].colour"'}
    warned = await ask("POST", f"{deployments(place)}?dryRun=All", odd)
    warnings = [value for name, value in warned.headers.items() if name == "Warning"]
    assert sorted(warnings) == [
        '299 - "unknown field \\"nonsense\\""',
        '299 - "unknown field \\"spec.template.spec.containers[0].colour\\""',
    ]
    assert "nonsense" not in warned.done(201)
    ignored = await ask("POST", f"{deployments(place)}?fieldValidation=Ignore", odd)
    assert "Warning" not in ignored.headers
    made = ignored.done(201)
    assert "nonsense" not in made
    assert "colour" not in made["spec"]["template"]["spec"]["containers"][0]
    answer = await ask(
        "PATCH",
        f"{deployments(place)}/web?fieldValidation=Strict",
        {"spec": {"x": 1}},
        media="application/merge-patch+json",
    )
    assert answer.status in (400, 422)


async def test_values_of_another_type_are_refused(ask: Asking, place: Place) -> None:
    wrong = deployment("web")
    wrong["spec"]["replicas"] = "three"  # type: ignore[index]
    answer = await ask("POST", deployments(place), wrong)
    assert answer.refusal == (
        400,
        "BadRequest",
        'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct '
        "field DeploymentSpec.spec.replicas of type int32",
    )


async def test_an_object_must_be_what_its_path_says(ask: Asking, place: Place) -> None:
    elsewhere = await ask("POST", maps(place), {"metadata": {"name": "x", "namespace": "other"}})
    why = "the namespace of the provided object does not match the namespace sent on the request"
    assert elsewhere.refusal == (400, "BadRequest", why)
    await ask.create(maps(place), {"metadata": {"name": "one"}})
    renamed = await ask("PUT", f"{maps(place)}/one", {"metadata": {"name": "two"}})
    why = "the name of the object (two) does not match the name on the URL (one)"
    assert renamed.refusal == (400, "BadRequest", why)
    for kind, version in (("Pod", "v1"), ("Nothing", "v1"), ("ConfigMap", "v2")):
        other = await ask("POST", maps(place), {"kind": kind, "apiVersion": version, "metadata": {"name": "x"}})
        assert other.refusal[:2] == (400, "BadRequest")
        assert other.refusal[2].startswith(f'{kind} in version "{version}" cannot be handled as a ConfigMap: ')
    versioned = await ask("POST", maps(place), {"metadata": {"name": "x", "resourceVersion": "5"}})
    assert versioned.content["message"] == "resourceVersion should not be set on objects to be created"


async def test_nothing_is_created_where_there_is_no_namespace(ask: Asking) -> None:
    answer = await ask("POST", "/api/v1/namespaces/t-none-at-all/configmaps", {"metadata": {"name": "x"}})
    assert answer.refusal == (404, "NotFound", 'namespaces "t-none-at-all" not found')
    assert answer.content["details"] == {"name": "t-none-at-all", "kind": "namespaces"}
