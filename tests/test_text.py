"""Whatever comes in, what goes to the terminal is one line of characters that it shows and does not obey."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kty.text import decode, is_printable, printable

ANYTHING = st.text(st.characters(exclude_categories=()))
"""Lone surrogates included."""
NASTY = st.text(
    st.sampled_from("a é\x1b[]\x07\x9b\n\r\t\x00\u202e\u2066\u200b\u200d\ufeff\xad\u2028\U000e0041\ud800\u0301")
)
FORBIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Controls; what is invisible or reorders; halves of surrogate pairs; separators of lines and paragraphs."""
HARMLESS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs of Arabic, Syriac and Kaithi: format characters that are seen."""


def offenders(text: str) -> list[str]:
    return [
        f"U+{ord(char):04X}"
        for char in text
        if unicodedata.category(char) in FORBIDDEN and char not in HARMLESS and not is_notation(char)
    ]


def is_notation(char: str) -> bool:
    """Say whether it belongs to hieroglyphs, shorthand or music, which no terminal lays out."""
    return 0x13430 <= ord(char) <= 0x1343F or 0x1BCA0 <= ord(char) <= 0x1BCA3 or 0x1D173 <= ord(char) <= 0x1D17A


@given(ANYTHING | NASTY)
@example("".join(map(chr, range(0x3000))))
@example("".join(map(chr, range(0xD800, 0xE000))))
@example("".join(map(chr, range(0xE0000, 0xE1000))))
def test_no_text_holds_what_a_terminal_obeys(text: str) -> None:
    shown = printable(text)
    assert offenders(shown) == []
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert is_printable(shown)


@given(ANYTHING | NASTY)
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    if is_printable(text):
        assert unicodedata.normalize("NFD", shown)[:1] == unicodedata.normalize("NFD", text)[:1]


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_letters_of_all_scripts_and_signs_are_left_alone(text: str) -> None:
    assert printable(text) == text


def test_every_character_is_left_alone_or_escaped() -> None:
    for code in range(0x110000):
        shown = printable(chr(code))
        assert shown in (chr(code), f"\\x{code:02x}", f"\\u{code:04x}", f"\\U{code:08x}")
        assert offenders(shown) == []


@given(st.binary() | NASTY.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_one_printable_line(raw: bytes) -> None:
    shown = decode(raw)
    assert offenders(shown) == []
    assert len(shown.splitlines()) <= 1
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-1", "web-1"),
        ("größe 大 👍", "größe 大 👍"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("two\nlines\ttab", "two\\x0alines\\x09tab"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half\ud800", "half\\ud800"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 4),
    ],
)
def test_the_escapes_are_those_of_yaml(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_bytes_that_are_no_text_are_marked() -> None:
    assert decode(b"a\xff\x1bb") == "a\ufffd\\x1bb"
