"""An object as YAML: every reader gets back what the server sent, and a person can read it."""

import math
import re
from typing import Any, ClassVar

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import KtyError, UsageError
from kty.kube.manifest import DEEPEST, all_from_yaml, from_yaml, to_yaml
from kty.text import printable
from tests.kube.odd_strings import COMMON, FRAGMENTS, ODD, WORDS


class YAML12(yaml.CSafeLoader):
    """Reads plain scalars by the core schema of YAML 1.2 (chapter 10.3)."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]


YAML12.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value, 0 if node.value[1:2] in "xo" else 10))
YAML12.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(re.sub(r"\.(?=[in])", "", node.value.lower())))
for _tag, _pattern in (
    ("null", "null|Null|NULL|~|"),
    ("bool", "true|True|TRUE|false|False|FALSE"),
    ("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
):
    YAML12.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), None)


def readings(text: str) -> dict[str, Any]:
    """Return what each reader makes of the text."""
    return {
        "YAML 1.1 by libyaml": yaml.load(text, yaml.CSafeLoader),
        "YAML 1.1 by PyYAML": yaml.load(text, yaml.SafeLoader),
        "YAML 1.2": yaml.load(text, YAML12),
        "the API server's": from_yaml(text),
    }


def as_displayed(text: str) -> str:
    return "\n".join("\t".join(printable(part) for part in line.split("\t")) for line in text.split("\n"))


def exactly(value: Any) -> str:
    """Tell 1 from 1.0 and from True, and keep the order of keys."""
    return repr(value)


def is_read_back_by_all(obj: dict[str, Any]) -> None:
    text = to_yaml(obj)
    for reader, found in readings(text).items():
        assert exactly(found) == exactly(obj), f"{reader} reading of\n{text}"


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_an_odd_string_is_read_back_by_every_reader_wherever_it_stands(odd: str) -> None:
    obj = {
        "a": odd,
        odd + "key": odd,
        odd: [odd, [odd, [odd]], {odd: odd}, {"b": [odd]}],
        "z": {"y": {"x": odd}},
        "last": odd,
    }
    is_read_back_by_all(obj)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_every_line_is_printable_as_it_stands(odd: str) -> None:
    text = to_yaml({"a": odd, "b": [odd], odd: 1})
    assert as_displayed(text) == text


odd_strings = st.one_of(
    st.sampled_from(ODD),
    st.text(max_size=20),
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.from_regex(r"[-+]?[0-9._xobe:,T-]{1,8}", fullmatch=True),
)
json_trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), odd_strings),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(odd_strings, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(odd_strings, json_trees, max_size=5))
def test_any_json_is_read_back_by_every_reader_as_written_and_as_displayed(obj: dict[str, Any]) -> None:
    text = to_yaml({"data": obj})
    assert as_displayed(text) == text
    for reader, found in readings(text).items():
        assert exactly(found) == exactly({"data": obj}), reader


@pytest.mark.parametrize("word", [*WORDS, "10:30", "1e3", "y"])
def test_what_any_reader_takes_for_something_else_is_quoted(word: str) -> None:
    plain = f"a: {word}\n"
    try:
        is_safe = all(found == {"a": word} for found in readings(plain).values())
    except (yaml.YAMLError, UsageError, ValueError):  # PyYAML takes 0b_ for a number and fails
        is_safe = False
    if not is_safe:
        assert to_yaml({"a": word}) != plain


@pytest.mark.parametrize("word", COMMON)
def test_common_strings_stay_plain(word: str) -> None:
    assert to_yaml({"a": word}) == f"a: {word}\n"


def test_lines_are_a_literal_block_whatever_spaces_and_tabs_and_emoji_they_hold() -> None:
    assert to_yaml({"Makefile": "all:\n\tcc x.c  \n \n# 😀\n", "two": "a\nb", "three": "a\n\n"}) == (
        "Makefile: |\n  all:\n  \tcc x.c  \n   \n  # 😀\ntwo: |-\n  a\n  b\nthree: |+\n  a\n\n"
    )


def test_unsafe_characters_are_escapes_in_double_quotes() -> None:
    assert to_yaml({"a": "x\u202ey", "b": "\x1b[31m", "c": "1\n\u200b"}) == (
        'a: "x\\u202ey"\nb: "\\e[31m"\nc: "1\\n\\u200b"\n'
    )


def test_long_lines_are_not_folded() -> None:
    words = "word " * 500 + "end"
    assert to_yaml({"a": words, "b": words + ":", "c": words + "\u200b"}).count("\n") == 3


def test_lists_stand_under_their_key_as_kubectl_writes_them() -> None:
    assert to_yaml({"a": [{"b": 1, "c": []}, {}], "d": [[1, 2]]}) == "a:\n- b: 1\n  c: []\n- {}\nd:\n- - 1\n  - 2\n"


def test_values_that_are_the_same_are_written_out_each_time() -> None:
    shared = {"a": [1]}
    assert to_yaml({"b": shared, "c": shared}) == "b:\n  a:\n  - 1\nc:\n  a:\n  - 1\n"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (10**30, "1" + "0" * 30),
        (1000.0, "1000.0"),
        (1e22, "1.0e+22"),
        (5e-324, "5.0e-324"),
        (-0.0, "-0.0"),
        (1.5e-7, "1.5e-07"),
        (True, "true"),
        (None, "null"),
    ],
)
def test_numbers_are_spelled_so_that_all_readers_agree(number: float | None, text: str) -> None:
    assert to_yaml({"a": number}) == f"a: {text}\n"
    is_read_back_by_all({"a": number})


def test_identity_comes_first_and_status_last() -> None:
    obj = {
        "status": {"phase": "Running"},
        "spec": {"z": 1, "a": 2},
        "metadata": {"uid": "u", "annotations": {}, "name": "web", "labels": {"b": "1"}, "namespace": "shop"},
        "kind": "Pod",
        "apiVersion": "v1",
    }
    text = to_yaml(obj)
    assert re.findall(r"^(?: {2})?\w+", text, re.MULTILINE) == [
        *("apiVersion", "kind", "metadata", "  name", "  namespace", "  labels", "  annotations", "  uid"),
        *("spec", "  z", "  a", "status", "  phase"),
    ]
    assert from_yaml(text) == obj


def test_managed_fields_are_hidden_until_asked_for_and_the_object_is_left_alone() -> None:
    obj = {"metadata": {"name": "web", "managedFields": [{"manager": "kubectl"}]}}
    assert to_yaml(obj) == "metadata:\n  name: web\n"
    assert to_yaml(obj, managed_fields=True) == "metadata:\n  name: web\n  managedFields:\n  - manager: kubectl\n"


@pytest.mark.parametrize("metadata", [None, [], "odd", {}])
def test_an_object_with_odd_metadata_is_shown_as_it_is(metadata: Any) -> None:
    is_read_back_by_all({"kind": "Odd", "metadata": metadata})


@pytest.mark.parametrize("nest", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_nesting_up_to_the_limit_is_read_back_and_beyond_it_says_so(nest: Any) -> None:
    value: Any = "end"
    for _ in range(DEEPEST - 1):
        value = nest(value)
    assert from_yaml(to_yaml({"a": value})) == {"a": value}
    for _ in range(10_000):
        value = nest(value)
    with pytest.raises(KtyError, match="nested more than 200 levels"):
        to_yaml({"a": value})


def test_an_object_that_uses_every_private_character_loses_nothing() -> None:
    private = "".join(map(chr, range(0xE000, 0xF900)))
    is_read_back_by_all({"a": private, "b": "tab\there\n😀 \n", "c": "\u202e😀"})


def test_strings_come_from_json_without_lone_surrogates() -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(rb'"\ud800"')


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("y", True),
        ("Off", False),
        ("yEs", "yEs"),
        ("~", None),
        ("", None),
        ("017", 15),
        ("08", 8),
        ("0o17", 15),
        ("-0x1F", -31),
        ("1_000", 1000),
        ("1,000", "1,000"),
        ("1e3", 1000.0),
        ("1e400", "1e400"),
        (".inf", ".inf"),
        ("12:30", "12:30"),
        ("2020-01-01", "2020-01-01"),
        ("<<", "<<"),
        ("'y'", "y"),
    ],
)
def test_plain_values_are_read_as_the_api_server_reads_them(plain: str, value: Any) -> None:
    assert exactly(from_yaml(f"on: {plain}")) == exactly({"on": value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no object"),
        ("- a", "no object"),
        ("a: [", "line 2, column 1: "),
        ("a: \x1b", "no YAML"),
        ("a: 1\na: 2", "line 2, column 1: the key 'a' is there twice"),
        ("a: &x 1", "anchors"),
        ("a: *x", "anchors"),
        ("a: !!binary aGk=", "line 1, column 4: tags"),
        ("[a]: 1", "a key must be text"),
        ("a: 1\n---\nb: 1", "a second document"),
        ("a: " + "[" * 600 + "]" * 600, "nested more than"),
        ("a: " + "[" * 100_000, ""),
    ],
    ids=range(12),
)
def test_what_is_no_object_is_refused_in_one_printable_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        from_yaml(text)
    assert said in str(refused.value)
    assert printable(str(refused.value)) == str(refused.value)


def test_a_manifest_may_hold_several_objects() -> None:
    assert all_from_yaml("---\na: 1\n---\n# nothing here\n---\nb: on\n") == [{"a": 1}, {"b": True}]
    assert all_from_yaml("") == []
    with pytest.raises(UsageError, match="this is no object"):
        all_from_yaml("a: 1\n---\n- b")
    with pytest.raises(UsageError, match=r"line 4, column 1: the key 'b' is there twice"):
        all_from_yaml("a: 1\n---\nb: 1\nb: 2")
    with pytest.raises(UsageError, match="no YAML"):
        all_from_yaml("a: \x1b")


def test_no_number_is_made_that_json_has_not() -> None:
    assert not [
        word
        for word in WORDS
        if isinstance(found := from_yaml(f"a: '{word}'\nb: 1e999")["b"], float) and not math.isfinite(found)
    ]
