"""Ownership as pure functions: the algebra of field sets, what a write costs, and what no client can bring about."""

import timeit
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.demo.applying import apply, track
from kty.demo.ownership.field_sets import Fields, difference, intersection, is_member, paths, union
from kty.demo.statuses import ApiError

STEPS = st.sampled_from(["f:a", "f:b", 'k:{"name":"x"}', 'v:"y"'])


def _node(inner: st.SearchStrategy[Fields]) -> st.SearchStrategy[Fields]:
    below = st.dictionaries(STEPS, inner, min_size=1, max_size=3)
    return below | below.map(lambda fields: {".": {}, **fields})


NODES: st.SearchStrategy[Fields] = st.recursive(st.just({}), _node, max_leaves=6)
SETS = st.dictionaries(STEPS, NODES, max_size=3)


def members(fields: Fields) -> set[tuple[str, ...]]:
    return set(paths(fields))


@given(SETS, SETS)
def test_field_sets_are_sets(one: Fields, other: Fields) -> None:
    before = deepcopy((one, other))
    assert members(union(one, other)) == members(one) | members(other)
    assert members(intersection(one, other)) == members(one) & members(other)
    assert members(difference(one, other)) == members(one) - members(other)
    assert (one, other) == before


@given(SETS, SETS)
def test_a_deep_difference_takes_all_that_is_below(one: Fields, other: Fields) -> None:
    gone = members(other)
    left = {path for path in members(one) if not any(path[: len(top)] == top for top in gone)}
    assert members(difference(one, other, deep=True)) == left


@given(SETS, SETS)
def test_no_set_has_places_in_it_that_lead_nowhere(one: Fields, other: Fields) -> None:
    def check(fields: Fields) -> None:
        for step, node in fields.items():
            if step != ".":
                assert is_member(node) or node
                check(node)

    for made in (union(one, other), intersection(one, other), difference(one, other)):
        check(made)


def pod(**status: Any) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "a:1",
        "env": [{"name": f"E{number}", "value": "1"} for number in range(10)],
        "ports": [{"containerPort": 80, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "1"}},
    }
    metadata = {"name": "p", "namespace": "n", "uid": "u", "labels": {"app": "a", "tier": "b"}}
    spec = {"containers": [container, {**container, "name": "side"}], "tolerations": [{"key": "t"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


def owned(obj: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {**obj, "metadata": {**obj["metadata"], "managedFields": entries}}


def test_every_write_of_life_can_be_tracked() -> None:
    """A pod's status changes, as the kubelet writes it: it must cost well under a millisecond."""
    made = owned(pod(), track("pods", None, pod(), manager="one", now="T1"))
    conditions = [{"type": name, "status": "True"} for name in ("Ready", "Initialized", "PodScheduled")]
    runs = owned(
        pod(phase="Running", conditions=conditions, podIPs=[{"ip": "10.0.0.1"}]), made["metadata"]["managedFields"]
    )

    def write() -> None:
        track("pods", made, runs, manager="kubelet", now="T2", subresource="status")

    assert min(timeit.repeat(write, number=20, repeat=5)) / 20 < 0.001


def test_nothing_that_is_passed_in_changes() -> None:
    made = owned(pod(), track("pods", None, pod(), manager="one", now="T1"))
    applied = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "main"}]}}
    before = deepcopy((made, applied))
    first = apply("pods", made, applied, manager="two", force=False, now="T2")
    apply("pods", first, {**applied, "spec": {}}, manager="two", force=False, now="T3")
    track("pods", made, pod(phase="Running"), manager="three", now="T4", subresource="status")
    assert (made, applied) == before


def config(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": data}


def test_time_moves_only_with_the_object() -> None:
    made = apply("configmaps", None, config(a="1"), manager="one", force=False, now="T1")
    same = apply("configmaps", made, config(a="1"), manager="one", force=False, now="T2")
    assert same == made
    shared = apply("configmaps", made, config(a="1"), manager="two", force=False, now="T3")
    assert [(entry["manager"], entry.get("time")) for entry in shared["metadata"]["managedFields"]] == [
        ("two", None),
        ("one", "T1"),
    ]
    changed = apply("configmaps", shared, config(a="2"), manager="two", force=True, now="T4")
    assert [(entry["manager"], entry.get("time")) for entry in changed["metadata"]["managedFields"]] == [("two", "T4")]


def test_managed_fields_that_cannot_be_read_are_as_none_for_a_write_and_an_error_for_an_apply() -> None:
    odd = owned({**config(a="1"), "metadata": {"name": "m", "uid": "u"}}, [{"manager": "x", "operation": "Shake"}])
    assert track("configmaps", odd, config(a="2"), manager="one", now="T1") == []
    with pytest.raises(ApiError) as refused:
        apply("configmaps", odd, config(a="2"), manager="one", force=False, now="T1")
    assert refused.value.code == 500


def test_letters_that_go_escapes_are_escaped_in_keys() -> None:
    made = config()
    made["metadata"]["finalizers"] = ["a<b>&c"]
    (entry,) = track("configmaps", None, made, manager="one", now="T1")
    assert '"a\\u003cb\\u003e\\u0026c"' in next(
        key for key in entry["fieldsV1"]["f:metadata"]["f:finalizers"] if key != "."
    )


def test_the_token_that_a_pod_is_given_is_nobodys() -> None:
    sent = pod()
    given = deepcopy(sent)
    mount = {"name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    given["spec"] |= {"serviceAccountName": "default", "priority": 0, "volumes": [{"name": "kube-api-access-x"}]}
    for container in given["spec"]["containers"]:
        container["volumeMounts"] = [mount]
    assert track("pods", None, given, manager="one", now="T1", sent=sent) == track(
        "pods", None, sent, manager="one", now="T1"
    )
