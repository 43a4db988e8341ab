"""JSONPath templates: what they print is what kubectl prints, and a mistake is shown where it stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.kube.jsonpath import PathMistake, parse, parse_path
from tests.kube.jsonpaths import OBJECT, PRINTED, REFUSED


@pytest.mark.parametrize(("template", "text"), PRINTED.items())
def test_a_template_prints_what_kubectl_prints(template: str, text: str) -> None:
    assert parse(template).text(OBJECT) == text


@pytest.mark.parametrize(("template", "refusal"), REFUSED.items())
def test_a_mistake_is_named_where_it_stands(template: str, refusal: tuple[str, str]) -> None:
    part, message = refusal
    with pytest.raises(PathMistake) as caught:
        parse(template).text(OBJECT)
    assert str(caught.value) == f"JSONPath: {message}"
    assert template[caught.value.start : caught.value.end] == part
    assert isinstance(caught.value, UsageError)


NUMBERS = {
    "0": "0", "3.0": "3", "1.5": "1.5", "-0.0": "-0", "100000.0": "100000", "1000000.0": "1e+06", "0.0001": "0.0001",
    "0.00001": "1e-05", "123456789.5": "1.234567895e+08", "-1e16": "-1e+16", "12345678": "12345678", "1e300": "1e+300",
}  # fmt: skip
IN_JSON = {
    "3.0": "3", "1000000.0": "1000000", "1e20": "100000000000000000000", "1e21": "1e+21", "0.000001": "0.000001",
    "1e-7": "1e-7", "-2.5e-10": "-2.5e-10", "7": "7",
}  # fmt: skip


@pytest.mark.parametrize(("number", "text"), NUMBERS.items())
def test_a_number_is_printed_as_go_prints_it(number: str, text: str) -> None:
    value = float(number) if "." in number or "e" in number else int(number)
    assert parse("{.n}").text({"n": value}) == text


@pytest.mark.parametrize(("number", "text"), IN_JSON.items())
def test_within_json_a_number_is_written_as_in_json(number: str, text: str) -> None:
    value = float(number) if "." in number or "e" in number else int(number)
    assert parse("{.n}").text({"n": [value]}) == f"[{text}]"


def test_what_is_nothing_is_printed_as_null() -> None:
    assert parse("{.a[*]}|{.b}").text({"a": [None, True, False, {}, []], "b": None}) == "null true false {} []|null"
    assert parse("{.b.c}{.b[0]}").text({"b": None}) == ""


def test_what_html_could_take_for_its_own_is_escaped_in_json_only() -> None:
    assert parse("{.a} {.b}").text({"a": "<\u2028&\b\x7f>", "b": ["<\u2028&\b\x7f>"]}) == (
        '<\u2028&\b\x7f> ["\\u003c\\u2028\\u0026\\b\x7f\\u003e"]'
    )


def test_an_empty_list_among_others_hides_none_of_them() -> None:
    pods = {"items": [{"c": ["a"]}, {"c": []}, {"c": ["b"]}, {"c": None}, {}]}
    assert parse("{.items[*].c[*]}").values(pods) == ["a", "b"]


def test_a_whole_number_is_compared_with_a_fraction() -> None:
    assert parse("{.l[?(@.n>1.5)].n}").values({"l": [{"n": 1}, {"n": 2}, {}]}) == [2]


def test_a_comparison_with_a_value_that_is_missing_selects_nothing() -> None:
    assert parse("{.l[?(@.a!='x')].n}").values({"l": [{"n": 1}, {"a": "y", "n": 2}]}) == [2]


@pytest.mark.parametrize("template", ["{.l[?(@.a==1)]}", "{.l[?(@.a==@.b)]}", "{.l[?(@.b==@.b)]}"])
def test_values_that_have_no_order_are_not_compared(template: str) -> None:
    with pytest.raises(PathMistake):
        parse(template).values({"l": [{"a": None, "b": {}}]})


def test_a_range_must_end_and_braces_hold_one_word() -> None:
    for template in (
        "{range .a}",
        "{range .a}{range .b}{end}",
        "{range .a}{.b}{end}{end}",
        "{range .a end}",
        "{end range}",
    ):
        with pytest.raises(PathMistake):
            parse(template)


def test_ranges_do_not_stand_deeper_than_anybody_needs() -> None:
    assert parse("{range @}" * 20 + "{.a}" + "{end}" * 20).text({"a": 1}) == "1"
    with pytest.raises(PathMistake, match="too deep"):
        parse("{range @}" * 21 + "{end}" * 21)


def test_a_missing_field_is_nothing_or_a_mistake_as_one_likes() -> None:
    template = parse("{.a.b}")
    assert template.text({"a": {}}) == ""
    with pytest.raises(PathMistake, match="'b' is not found") as caught:
        template.text({"a": {}}, allow_missing=False)
    assert (caught.value.start, caught.value.end) == (3, 5)
    assert parse("{.l[?(@.a)].b}").text({"l": [{"a": 1, "b": 2}, {}]}, allow_missing=False) == "2"


def test_the_values_themselves_are_returned() -> None:
    assert parse("{.a}{range .b[*]}{.n}{end}").values({"a": {"x": 1}, "b": [{"n": 2}, {"n": None}]}) == [
        {"x": 1},
        2,
        None,
    ]


@pytest.mark.parametrize(
    "path", [".spec.n", "{.spec.n}", "spec.n", "{spec.n}", "$.spec.n", "{$.spec.n}", " spec['n'] "]
)
def test_one_path_needs_no_braces(path: str) -> None:
    assert parse_path(path).values({"spec": {"n": 3}}) == [3]


@pytest.mark.parametrize("path", ["", "{}", "$", "@"])
def test_no_path_leads_to_the_object_itself(path: str) -> None:
    assert parse_path(path).values({"a": 1}) == [{"a": 1}]


def test_a_template_is_its_text() -> None:
    assert str(parse("{.a}: {.b}")) == "{.a}: {.b}"
    assert parse("{.a}") == parse("{.a}") != parse("{ .a}")


TEMPLATES = st.text(alphabet="{}[]().,'\"@$?*:-\\ \n01ab=<") | st.lists(
    st.sampled_from(
        ["{", "}", "{range ", "{end}", ".a", "..", "[*]", "[?(", ")]", "@", "==", "'x'", "[0,'a']", " ", "1"]
    )
).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)


def mistake_in(text: str, obj: Any) -> PathMistake | None:
    try:
        parse(text).text(obj)
    except PathMistake as mistake:
        return mistake
    return None


@given(TEMPLATES, VALUES)
def test_any_text_is_a_template_or_a_mistake_with_a_place(text: str, obj: Any) -> None:
    if mistake := mistake_in(text, obj):
        assert 0 <= mistake.start <= mistake.end <= len(text)
        assert "\n" not in mistake.sentence()
