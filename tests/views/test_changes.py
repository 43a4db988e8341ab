"""A step of an object's past, in words and as two texts."""

import json
from typing import Any

import pytest

from kty.kube.resource import Resource
from kty.runtime.history import Step
from kty.views.changes import Change, change_of

DEPLOYMENTS = Resource("apps", "v1", "Deployment", "deployments")
SECRETS = Resource("", "v1", "Secret", "secrets")


def obj(*, managed: list[Any] | None = None, uid: str = "one", spec: Any = None, **parts: Any) -> dict[str, Any]:
    metadata = {"name": "web", "uid": uid, "managedFields": managed or [], **parts.pop("metadata", {})}
    return {"metadata": metadata, "spec": {"replicas": 1} if spec is None else spec, **parts}


def entry(manager: str, fields: Any = None, time: str = "t1", part: str = "") -> dict[str, Any]:
    made = {"manager": manager, "operation": "Update", "time": time, "fieldsV1": fields or {}}
    return {**made, "subresource": part} if part else made


def change(before: Any, after: Any, resource: Resource = DEPLOYMENTS) -> Change:
    return change_of(
        Step(1, 7.0, *[None if it is None else json.dumps(it).encode() for it in (before, after)]), resource
    )


REPLICAS: Any = {"f:spec": {"f:replicas": {}}}
STATUS: Any = {"f:status": {"f:replicas": {}}}


def test_a_change_names_the_places_that_differ_and_has_both_texts() -> None:
    before = obj(status={"replicas": 1})
    after = obj(spec={"replicas": 2, "paused": True}, status={"replicas": 2}, metadata={"labels": {"a": "b"}})
    found = change(before, after)
    assert (found.at, found.what, found.tone) == (
        7.0,
        "metadata.labels, spec.paused, spec.replicas and 1 more",
        "accent",
    )
    assert found.before.startswith("apiVersion: apps/v1\nkind: Deployment\n")
    assert "replicas: 1" in found.before
    assert "paused: true" in found.after
    assert "managedFields" not in found.after


def test_an_object_that_went_and_one_that_came() -> None:
    assert change(obj(), None) == Change(7.0, "deleted", "bad", ())
    managed = [entry("maker", time="t0"), entry("controller")]
    made = change(None, obj(managed=managed, metadata={"creationTimestamp": "t0"}))
    assert (made.what, made.by, made.before) == ("made again", ("maker",), "")


def test_an_object_that_is_on_its_way_out() -> None:
    found = change(obj(), obj(metadata={"deletionTimestamp": "now"}))
    assert (found.what, found.tone) == ("being deleted", "bad")


def test_another_object_of_the_same_name() -> None:
    found = change(obj(), obj(uid="two"))
    assert (found.what, found.tone) == ("replaced by another of its name", "warn")


# --- by whom ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "by"),
    [
        ([], [entry("kubectl", REPLICAS)], ("kubectl",)),
        ([entry("kubectl", REPLICAS, "t1")], [entry("kubectl", REPLICAS, "t2")], ("kubectl",)),
        ([], [entry("kubectl-scale", REPLICAS, "t1", "scale")], ("kubectl-scale (scale)",)),
        # of two that wrote, the one to whom what changed belongs
        (
            [entry("kubectl", REPLICAS, "t1"), entry("kubelet", STATUS, "t1", "status")],
            [entry("kubectl", REPLICAS, "t2"), entry("kubelet", STATUS, "t2", "status")],
            ("kubectl",),
        ),
        # two writes in one second leave no trace but whose field it is
        ([entry("kubectl", REPLICAS)], [entry("kubectl", REPLICAS)], ("kubectl",)),
        ([entry("a", REPLICAS), entry("b", REPLICAS)], [entry("a", REPLICAS), entry("b", REPLICAS)], ()),
        ([entry("other", STATUS)], [entry("other", STATUS)], ()),
        ([], [entry("whole", {"f:spec": {}})], ("whole",)),
        ([], [{"time": "t1", "fieldsV1": REPLICAS}], ("somebody",)),
        ([], [], ()),
        ([7], ["odd", {"fieldsV1": 7, "manager": 8}], ("somebody",)),
    ],
)
def test_who_wrote_it(before: list[Any], after: list[Any], by: tuple[str, ...]) -> None:
    assert change(obj(managed=before), obj(managed=after, spec={"replicas": 2})).by == by


# --- what must not be shown, and what cannot be ----------------------------------------------------------------


def secret(value: str, **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "s", "uid": "one", **metadata}, "data": {"p": value, "q": "c2FtZQ=="}}


def test_values_of_secrets_are_told_by_their_sizes() -> None:
    applied = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"p":"Zmlyc3Q="}}', "a": "b"}
    found = change(secret("Zmlyc3Q=", annotations=applied), secret("b3RoZXI=", annotations=applied), SECRETS)
    assert found.what == "data.p"
    assert "p: 5 bytes\n" in found.before
    assert "p: 5 bytes, another value\n" in found.after
    assert "q: 4 bytes\n" in found.after
    for text in (found.before, found.after):
        assert "Zmlyc3Q=" not in text
        assert "b3RoZXI=" not in text
        assert "c2FtZQ==" not in text
        assert "a: b" in text


@pytest.mark.parametrize("after", [{}, {"metadata": 7}, {"metadata": {"annotations": 7}, "data": 7}, [], 7])
def test_an_object_that_is_not_what_its_kind_promises_is_borne(after: Any) -> None:
    for resource in (DEPLOYMENTS, SECRETS):
        assert change(secret("x"), after, resource).what
        assert change(after, secret("x"), resource).what


def test_what_is_nested_too_deep_is_said() -> None:
    deep: Any = 1
    for _ in range(230):
        deep = {"a": deep}
    found = change(obj(), obj(spec=deep))
    assert "nested" in found.what
    assert found.before == ""
