"""Patches as pure functions: nothing that is passed in changes, and odd corners."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.demo.patching import decode_applied, json_patch, merge_patch, strategic_patch
from kty.demo.statuses import ApiError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab~/", max_size=2), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text("ab", min_size=1, max_size=2), JSON, max_size=4)


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_makes_what_it_says_of_it(obj: dict[str, Any], patch: dict[str, Any]) -> None:
    before = deepcopy((obj, patch))
    merged = merge_patch(obj, patch)
    assert (obj, patch) == before
    for key, value in patch.items():
        if value is None:
            assert key not in merged
        elif not isinstance(value, dict):
            assert merged[key] == value
    assert {key: merged[key] for key in obj.keys() - patch.keys()} == {
        key: obj[key] for key in obj.keys() - patch.keys()
    }
    assert merge_patch(merged, patch) == merged


@given(OBJECTS, st.text("ab", min_size=1, max_size=2), JSON)
def test_what_is_added_is_found_and_can_be_removed(obj: dict[str, Any], key: str, value: Any) -> None:
    before = deepcopy(obj)
    added = json_patch(obj, [{"op": "add", "path": f"/{key}", "value": value}])
    assert added[key] == value
    json_patch(added, [{"op": "test", "path": f"/{key}", "value": value}])
    removed = json_patch(added, [{"op": "remove", "path": f"/{key}"}])
    assert removed == {name: part for name, part in obj.items() if name != key}
    assert obj == before


def test_true_is_not_one() -> None:
    with pytest.raises(ApiError):
        json_patch({"a": 1}, [{"op": "test", "path": "/a", "value": True}])


@pytest.mark.parametrize(("index", "found"), [("-1", [1, 2, 9]), ("-3", [9, 1, 2]), ("0", [9, 1, 2]), ("2", [1, 2, 9])])
def test_an_index_may_count_from_the_end(index: str, found: list[int]) -> None:
    assert json_patch({"l": [1, 2]}, [{"op": "add", "path": f"/l/{index}", "value": 9}])["l"] == found


@pytest.mark.parametrize("index", ["-4", "3", "x", "", "1.0", "+1"])
def test_an_index_must_be_one(index: str) -> None:
    with pytest.raises(ApiError):
        json_patch({"l": [1, 2]}, [{"op": "add", "path": f"/l/{index}", "value": 9}])


def test_a_patch_has_only_so_many_operations() -> None:
    with pytest.raises(ApiError) as refused:
        json_patch({}, [{"op": "add", "path": "/a", "value": 1}] * 10_001)
    assert refused.value.code == 413


def test_what_is_copied_is_not_shared() -> None:
    patched = json_patch(
        {"a": {"x": 1}}, [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "remove", "path": "/a/x"}]
    )
    assert patched == {"a": {}, "b": {"x": 1}}


def test_a_strategic_patch_leaves_what_it_is_given_alone() -> None:
    pod = {"spec": {"containers": [{"name": "a", "env": [{"name": "X", "value": "1"}]}]}}
    patch = {"spec": {"containers": [{"name": "a", "env": [{"name": "X", "$patch": "delete"}]}]}}
    before = deepcopy((pod, patch))
    assert strategic_patch("pods", pod, patch) == {"spec": {"containers": [{"name": "a", "env": []}]}}
    assert (pod, patch) == before


def test_directives_about_what_is_not_there_leave_nothing_behind() -> None:
    patch = {
        "metadata": {"labels": {"$patch": "delete"}, "$deleteFromPrimitiveList/finalizers": ["x"]},
        "spec": {
            "containers": [{"name": "a", "image": None, "$retainKeys": ["name"]}],
            "volumes": [{"$patch": "replace"}],
        },
    }
    assert strategic_patch("pods", {}, patch) == {
        "metadata": {},
        "spec": {"containers": [{"name": "a"}], "volumes": []},
    }


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"# nothing\n"])
def test_an_empty_configuration_says_nothing(body: bytes) -> None:
    assert decode_applied(body) == {}


@pytest.mark.parametrize("body", [b"{a: [", b"- a", b"a", b"!!python/object:os.system x", b"\x00"])
def test_what_is_no_configuration_is_refused(body: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        decode_applied(body)
    assert refused.value.code == 400
