"""The words of a line of YAML."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kty.kube.manifest import to_yaml
from kty.widgets.yaml_lexer import LONGEST, lex
from tests.kube.odd_strings import FRAGMENTS, ODD


def words(line: str) -> list[tuple[str, str]]:
    return [(line[word.start : word.end], word.kind) for word in lex(line)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", []),
        ("kind: Pod", [("kind", "key"), (":", "mark"), ("Pod", "string")]),
        ("  labels:", [("labels", "key"), (":", "mark")]),
        ('  "y": 1', [('"y"', "key"), (":", "mark"), ("1", "number")]),
        ("'a: b': -1.0e+22", [("'a: b'", "key"), (":", "mark"), ("-1.0e+22", "number")]),
        ("a:b: c:d", [("a:b", "key"), (":", "mark"), ("c:d", "string")]),
        ("  - name: x", [("  - ", "mark"), ("name", "key"), (":", "mark"), ("x", "string")]),
        ("- - a b", [("- - ", "mark"), ("a b", "string")]),
        ("- -5", [("- ", "mark"), ("-5", "number")]),
        ('- "a: b"', [("- ", "mark"), ('"a: b"', "string")]),
        ("- http://x:80", [("- ", "mark"), ("http://x:80", "string")]),
        ("a: true", [("a", "key"), (":", "mark"), ("true", "constant")]),
        ("a: null", [("a", "key"), (":", "mark"), ("null", "constant")]),
        ('a: "true"', [("a", "key"), (":", "mark"), ('"true"', "string")]),
        ("a: 10.0.0.1", [("a", "key"), (":", "mark"), ("10.0.0.1", "string")]),
        ("a: {}", [("a", "key"), (":", "mark"), ("{}", "mark")]),
        ("a: |2-", [("a", "key"), (":", "mark"), ("|2-", "mark")]),
        ("a: b # c", [("a", "key"), (":", "mark"), ("b", "string"), (" # c", "comment")]),
        ("# a: b", [("# a: b", "comment")]),
        ("a: b#c", [("a", "key"), (":", "mark"), ("b#c", "string")]),
        (r'- "1\u202e\"\\n2"', [("- ", "mark"), ('"1', "string"), (r"\u202e", "escape"), (r'\"\\n2"', "string")]),
        ("? long", [("? ", "mark"), ("long", "key")]),
        (": x", [(": ", "mark"), ("x", "string")]),
    ],
)
def test_a_line_is_cut_into_words(line: str, found: list[tuple[str, str]]) -> None:
    assert [word for word in words(line) if word[0]] == found


def test_a_line_of_a_literal_block_is_one_word_whatever_it_looks_like() -> None:
    assert lex("  key: 1 # no", is_body=True) == ((0, 13, "body"),)


def test_a_very_long_line_is_looked_at_up_to_a_limit() -> None:
    line = "a: " + "b" * 5_000_000 + " # c"
    assert [(word.kind, word.end) for word in lex(line)] == [("key", 1), ("mark", 2), ("string", len(line))]
    assert len(lex('a: "' + r"\n" * LONGEST + '"')) < 2 * LONGEST


odd_strings = st.one_of(st.sampled_from(ODD), st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join))


@given(odd_strings, odd_strings)
def test_the_key_of_any_line_is_found(key: str, value: str) -> None:
    line = to_yaml({key: value}).split("\n")[0]
    found = [line[word.start : word.end] for word in lex(line) if word.kind == "key"]
    assert [yaml.load(text, yaml.CBaseLoader) for text in found] == [key]


@given(odd_strings)
def test_a_string_is_never_taken_for_a_key_or_a_number(value: str) -> None:
    line = to_yaml({"a": [value]}).split("\n")[1]
    assert {word.kind for word in lex(line)} <= {"mark", "string", "escape"}


@given(st.text(st.sampled_from("ab: -?#|>'\"\\{}[]1"), max_size=30))
def test_words_of_any_line_follow_each_other(line: str) -> None:
    at = 0
    for word in lex(line):
        assert at <= word.start <= word.end <= len(line)
        assert not line[at : word.start].strip()
        at = word.end
