"""Field selectors select here what they select on the API server; the tables were checked with apimachinery."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.kube import selectors
from kty.kube.field_selectors import FieldRequirement, FieldSelector, parse
from kty.kube.objects import Object
from kty.kube.selectors import SelectorMistake

POD: Object = {
    "metadata": {"name": "web-1", "namespace": "shop", "labels": {"app": "web", "tier": "front"}},
    "spec": {"nodeName": "n-1", "priority": 7, "hostNetwork": True, "note": "a,b=c\\d"},
    "status": {"phase": "Running", "reason": ""},
}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        (",", True),
        ("metadata.name=web-1", True),
        ("metadata.name==web-1", True),
        ("metadata.name=web", False),
        ("metadata.name!=web-1", False),
        ("metadata.name!=web", True),
        ("status.phase=Running,spec.nodeName=n-1", True),
        ("status.phase=Running,spec.nodeName!=n-1", False),
        (",status.phase=Running,,spec.nodeName=n-1,", True),
        ("spec.priority=7", True),
        ("spec.hostNetwork=true", True),
        ("spec.hostNetwork=True", False),
        ("spec.unschedulable=false", True),
        ("spec.unschedulable=true", False),
        ("status.reason=", True),
        ("status.reason!=", False),
        ("status.nothing=", True),
        ("status.nothing!=x", True),
        ("status.phase.deeper=", True),
        ("spec.note=a\\,b\\=c\\\\d", True),
        ("status.phase= Running", False),
        ("=", True),
        ("!=", True),
    ],
)
def test_a_field_selector_selects_as_the_api_server_does(text: str, selected: bool) -> None:
    assert parse(text).matches(POD) is selected


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("b=1,a==2", "a=2,b=1"),
        ("a!=1", "a!=1"),
        ("a=", "a="),
        ("a=\\,\\=\\\\", "a=\\,\\=\\\\"),
        ("a!=!", "a!=!"),
        ("a!b=c", "a!b=c"),
        ("=,a=1", "a=1"),
    ],
)
def test_a_field_selector_is_written_in_one_way(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a", "a"),
        ("a=1,b", "b"),
        ("a!1", "a!1"),
        ("a\\,b", "a\\,b"),
        ("a=b=c", "="),
        ("a===b", "="),
        ("a=\\x", "\\x"),
        ("a=1\\", "\\"),
        ("a=1,b=\\n,c=2", "\\n"),
    ],
)
def test_a_mistake_is_named_where_it_stands(text: str, part: str) -> None:
    with pytest.raises(SelectorMistake) as caught:
        parse(text)
    assert text[caught.value.start : caught.value.end] == part
    assert str(caught.value).startswith("field selector: ")
    assert "\n" not in caught.value.sentence()


def test_the_one_value_that_a_field_must_have_is_told() -> None:
    selector = parse("metadata.name=web-1,status.phase!=Failed")
    assert selector.required("metadata.name") == "web-1"
    assert selector.required("status.phase") is None
    assert FieldSelector((FieldRequirement("a", "1,2"),)).matches({"a": "1,2"})


@given(st.text(alphabet="ab=!,\\ .") | st.text())
def test_whatever_is_typed_is_read_or_is_a_mistake_with_a_place(text: str) -> None:
    mistake = mistake_in(text)
    if mistake:
        assert 0 <= mistake.start <= mistake.end <= len(text)
    else:
        assert parse(str(parse(text))) == parse(text)


def mistake_in(text: str) -> SelectorMistake | None:
    try:
        parse(text)
    except SelectorMistake as mistake:
        return mistake
    return None


@pytest.mark.parametrize(
    ("text", "selected"),
    [("app=web", True), ("app=web,tier in (back)", False), ("!tier", False), ("missing!=x", True), ("", True)],
)
def test_a_label_selector_selects_a_whole_object(text: str, selected: bool) -> None:
    assert selectors.parse(text).selects(POD) is selected


@pytest.mark.parametrize("obj", [{}, {"metadata": None}, {"metadata": {"labels": None}}])
def test_an_object_without_labels_is_selected_by_what_it_does_not_have(obj: Object) -> None:
    assert selectors.parse("!app").selects(obj)
    assert not selectors.parse("app").selects(obj)
