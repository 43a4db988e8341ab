"""Text as source: whatever it holds, it stays text."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.kube.crd.literals import WIDTH, docstring, quoted


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ("", '""'),
        ("it's", '"it\'s"'),
        ('say "x"', "'say \"x\"'"),
        ("'\"", '"\'\\""'),
        ("a\nb\\", '"a\\nb\\\\"'),
        ("\\'", '"\\\\\'"'),
        ("ä\u202e", '"\\xe4\\u202e"'),
    ],
)
def test_a_literal_is_in_double_quotes_where_that_is_simpler(text: str, literal: str) -> None:
    assert quoted(text) == literal


@given(st.text())
def test_a_literal_is_the_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert quoted(text).isascii()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("One  line. ", '"""One line."""'),
        ("One\ntwo\n\n\n\nthree\n", '"""One\ntwo\n\nthree\n"""'),
        ('"quoted"', '""" "quoted" """'),
        ('ends """) import os', '"""ends \'\'\') import os"""'),
        ("back\\", '"""back\\\\"""'),
        ("bell\a \x1b[31m \u202e", '"""bell\\\\x07 \\\\x1b[31m \\\\u202e"""'),
    ],
)
def test_a_docstring_says_it(text: str, source: str) -> None:
    assert docstring(text, indent="") == source


@given(st.text() | st.text(alphabet="\"\\ \n'x#"))
def test_a_docstring_is_one_harmless_string(text: str) -> None:
    source = docstring(text, indent="")
    if source:
        (statement,) = ast.parse(source).body
        assert isinstance(statement, ast.Expr)
        assert isinstance(statement.value, ast.Constant)
        assert isinstance(statement.value.value, str)


def test_long_lines_are_wrapped() -> None:
    lines = docstring("word " * 100).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert docstring("x" * 200) == f'    """{"x" * 200}"""'
    assert max(map(len, docstring("日本 " * 100).splitlines())) <= WIDTH / 2
