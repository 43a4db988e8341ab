from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.kube.selectors import Labels, Selector, SelectorMistake, from_object, parse
from kty.text import is_printable

WEB = ("app=web", "empty=", "example.com/tier=front", "size=10", "track=stable")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        (" \t\r\n", True),
        ("app=web", True),
        ("app==web", True),
        ("app=Web", False),
        ("app=we", False),
        ("ap=web", False),
        ("app!=web", False),
        ("app!=db", True),
        ("missing=web", False),
        ("missing!=web", True),
        ("app in (web)", True),
        ("app in (db, web)", True),
        ("app in (db)", False),
        ("missing in (db)", False),
        ("app notin (db)", True),
        ("app notin (db,web)", False),
        ("missing notin (db)", True),
        ("app", True),
        ("ap", False),
        ("!app", False),
        ("!ap", True),
        ("! missing", True),
        ("example.com/tier=front", True),
        ("example.com/tier", True),
        ("tier=front", False),
        ("empty=", True),
        ("empty", True),
        ("empty!=", False),
        ("app=", False),
        ("missing=", False),
        ("missing!=", True),
        ("empty in ()", True),
        ("empty in (,x)", True),
        ("app in (,)", False),
        ("app in (x,,web)", True),
        ("size>9", True),
        ("size>10", False),
        ("size<11", True),
        ("size<10", False),
        ("size < 011", True),
        ("app>1", False),
        ("app<1", False),
        ("missing>1", False),
        ("missing<1", False),
        ("app=web,track=stable", True),
        (" app = web , track in ( stable ) ", True),
        ("app=web,track=canary", False),
        ("app=web,!track", False),
        ("app,app!=db,app notin (x)", True),
        ("in!=web,notin,in", False),
        ("in notin (in,notin)", True),
    ],
)
def test_a_selector_selects_as_the_api_server_does(text: str, selected: bool) -> None:
    assert parse(text).matches(WEB) is selected


def test_a_key_that_another_one_begins_with_is_not_mistaken_for_it() -> None:
    labels = ("a-b=1", "a.b=2", "a0=4", "a=3")
    assert sorted(labels) == list(labels)
    assert parse("a=3,a0=4,a-b=1,a.b=2").matches(labels)
    assert parse("a,a>2,a<4").matches(labels)
    assert parse("!a").matches(("a-b=1", "a.b=2", "a0=4"))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" a ", "a"),
        ("! a", "!a"),
        ("a == b", "a=b"),
        ("a in (b)", "a=b"),
        ("a notin (b)", "a!=b"),
        ("b in (z, y,z)", "b in (y,z)"),
        ("b=1,a=2", "a=2,b=1"),
        ("a notin (,x)", "a notin (,x)"),
        ("a > 5", "a>5"),
        ("a<5", "a<5"),
    ],
)
def test_a_selector_is_written_in_one_way(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    ("text", "part", "says"),
    [
        ("app=web,", "", "the key of a label"),
        (",app", ",", "the key of a label"),
        ("app,,web", ",", "the key of a label"),
        ("!", "", "the key of a label"),
        ("!!a", "!", "the key of a label"),
        ("=a", "=", "the key of a label"),
        ("(a)", "(", "the key of a label"),
        ("app web", "web", "one of = =="),
        ("app ! web", "!", "one of = =="),
        ("app=a=b", "=", "a comma"),
        ("app==", None, ""),
        ("app===b", "=", "a value"),
        ("app=(b)", "(", "a value"),
        ("!app=web", "=", "a comma"),
        ("app=web)", ")", "a comma"),
        ("app in", "", "a set such as (a, b)"),
        ("app in web", "web", "a set such as (a, b)"),
        ("app in (web", "", "a comma or )"),
        ("app in (web db)", "db", "a comma or )"),
        ("app in (web)x", "x", "a comma"),
        ("app in (=)", "=", "a value"),
        ("a>", "", "a whole number"),
        ("a>x", "x", "a whole number"),
        ("a<1.5", "1.5", "a whole number"),
        ("a>9223372036854775808", "9223372036854775808", "a whole number"),
        ("a>9223372036854775807", None, ""),
        ("-app", "-app", "cannot be the key"),
        ("app/", "app/", "cannot be the key"),
        ("/app", "/app", "cannot be the key"),
        ("a/b/c", "a/b/c", "cannot be the key"),
        ("Example.com/a", "Example.com/a", "cannot be the key"),
        ("b=1,k" + 63 * "x", "k" + 63 * "x", "cannot be the key"),
        ("k" + 62 * "x", None, ""),
        (253 * "p" + "/a", None, ""),
        (254 * "p" + "/a", 254 * "p" + "/a", "cannot be the key"),
        ("a=-b", "-b", "cannot be the value"),
        ("a=b_", "b_", "cannot be the value"),
        ("a=b/c", "b/c", "cannot be the value"),
        ("a in (b, ü)", "ü", "cannot be the value"),
        ("a=" + 64 * "v", 64 * "v", "cannot be the value"),
        ("a=" + 63 * "v", None, ""),
        ("a\xa0=b", "a\xa0", "cannot be the key"),
        ("a=b\x1b[2J", "b\x1b[2J", "cannot be the value"),
    ],
)
def test_a_mistake_says_which_part_is_wrong(text: str, part: str | None, says: str) -> None:
    if part is None:
        parse(text)
        return
    with pytest.raises(SelectorMistake) as raised:
        parse(text)
    mistake = raised.value
    assert text[mistake.start : mistake.end] == part
    assert says in str(mistake)
    assert is_printable(mistake.sentence())


KEYS = st.sampled_from(["a", "a.b", "app", "in", "x.io/a"])
VALUES = st.sampled_from(["", "1", "2", "10", "in", "web", "007"])
LABELS = st.dictionaries(KEYS, VALUES, max_size=5)


@st.composite
def requirements(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    operator = draw(st.sampled_from(["=", "==", "!=", "in", "notin", "exists", "!", ">", "<"]))
    values = draw(st.lists(VALUES, min_size=1, max_size=3)) if operator in ("in", "notin") else [draw(VALUES)]
    if operator in (">", "<"):
        values = [draw(st.integers(0, 20).map(str))]
    return draw(KEYS), operator, values


def meets(labels: dict[str, str], requirement: tuple[str, str, list[str]]) -> bool:
    key, operator, values = requirement
    found = labels.get(key)
    match operator:
        case "=" | "==" | "in":
            return found in values
        case "!=" | "notin":
            return found not in values
        case "exists":
            return found is not None
        case "!":
            return found is None
        case ">":
            return found is not None and found.isdecimal() and int(found) > int(values[0])
        case _:
            return found is not None and found.isdecimal() and int(found) < int(values[0])


def written(requirement: tuple[str, str, list[str]], space: str) -> str:
    key, operator, values = requirement
    match operator:
        case "exists":
            return key
        case "!":
            return f"!{space}{key}"
        case "in" | "notin":
            return f"{key} {operator}{space}({space}{f'{space},'.join(values)})"
        case _:
            return f"{key}{space}{operator}{space}{values[0]}"


@given(st.lists(requirements(), max_size=4), LABELS, st.sampled_from(["", " ", "\t \n"]))
@example([("a", "in", ["1", "", ""])], {"a": "1"}, "")
def test_a_selector_and_a_naive_reading_of_it_agree(
    wanted: list[tuple[str, str, list[str]]], labels: dict[str, str], space: str
) -> None:
    kept: Labels = tuple(sorted(f"{key}={value}" for key, value in labels.items()))
    selector = parse(f"{space},{space}".join([written(each, space) for each in wanted]))
    assert selector.matches(kept) is all(meets(labels, each) for each in wanted)
    assert parse(str(selector)) == selector


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({}, ""),
        ({"matchLabels": None, "matchExpressions": None}, ""),
        ({"matchLabels": {"b": "2", "a": "1"}}, "a=1,b=2"),
        ({"matchLabels": {"a": ""}}, "a="),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]}, "a in (x,y)"),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]}, "a!=x"),
        ({"matchExpressions": [{"key": "b", "operator": "Exists"}, {"key": "a", "operator": "DoesNotExist"}]}, "!a,b"),
        ({"matchLabels": {"b": "1"}, "matchExpressions": [{"key": "a", "operator": "Exists", "values": []}]}, "a,b=1"),
    ],
)
def test_what_an_object_selects_by_is_a_selector(content: dict[str, Any], text: str) -> None:
    assert from_object(content) == parse(text)


@pytest.mark.parametrize(
    "expression",
    [
        {},
        {"key": "a"},
        {"operator": "Exists"},
        {"key": "a", "operator": "in", "values": ["x"]},
        {"key": "a", "operator": "Gt", "values": ["1"]},
        {"key": "a", "operator": "In"},
        {"key": "a", "operator": "NotIn", "values": []},
        {"key": "a", "operator": "Exists", "values": ["x"]},
    ],
)
def test_an_expression_that_is_none_is_told_and_not_left_out(expression: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="is no expression"):
        from_object({"matchLabels": {"a": "1"}, "matchExpressions": [expression]})


def read(text: str) -> Selector | SelectorMistake:
    try:
        return parse(text)
    except SelectorMistake as mistake:
        return mistake


@given(st.text() | st.text(alphabet="ab=!<>(), in.-/"))
def test_whatever_is_typed_is_read_or_is_a_mistake_with_a_place(text: str) -> None:
    found = read(text)
    if isinstance(found, SelectorMistake):
        assert 0 <= found.start <= found.end <= len(text)
    else:
        assert parse(str(found)) == found
