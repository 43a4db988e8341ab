"""Escape sequences in log lines: colours are honoured, nothing else reaches the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from kty.text import is_printable
from kty.widgets.log_ansi import paint
from kty.widgets.log_text import Look, shown


@pytest.mark.parametrize(
    ("raw", "text", "spans"),
    [
        ("plain", "plain", []),
        ("\x1b[31mred\x1b[0m rest", "red rest", [(0, 3, "color(1)")]),
        ("\x1b[1;91mx\x1b[22my\x1b[my", "xyy", [(0, 1, "bold color(9)"), (1, 2, "color(9)")]),
        ("\x1b[38;5;208mx", "x", [(0, 1, "color(208)")]),
        ("\x1b[48;2;1;2;3mx\x1b[49my", "xy", [(0, 1, "on #010203")]),
        ("\x1b[38;5mx", "x", []),
        ("\x1b[4;7mx", "x", [(0, 1, "underline reverse")]),
        ("\x1b[8mseen\x1b[5mstill", "seenstill", []),
        ("a\x1b[2J\x1b[10;20Hb\x1b[?1049hc", "abc", []),
        ("\x1b[>4;2mx\x1b[31 qx", "xx", []),
        ("\x1b]0;title\x07x", "\\x1b]0;title\\x07x", []),
        ("\x1bPq\x1b\\", "\\x1bPq\\x1b\\", []),
        ("\x9b31mx", "\\x9b31mx", []),
        ("a\rb\x08", "a\\x0db\\x08", []),
        ("a\tb\t\x1b[31m\tc", "a       b               c", [(16, 25, "color(1)")]),
        ("\x1b[" + "1;" * 5000 + "mx", "x", []),
        ("\u202eevil", "\\u202eevil", []),
    ],
)
def test_sequences(raw: str, text: str, spans: list[tuple[int, int, str]]) -> None:
    painted = paint(raw)
    assert painted.text == text
    assert [(start, end, style) for start, end, style in painted.spans] == [
        (start, end, Style.parse(style)) for start, end, style in spans
    ]


@given(st.lists(st.sampled_from(["\x1b[", "31m", "\x1b", "m", ";", "ä", "\t", "x", "\r", "\x07", "2J", "\u202e"])))
def test_whatever_comes_is_printable_and_its_spans_are_in_order(parts: list[str]) -> None:
    painted = paint("".join(parts))
    assert is_printable(painted.text)
    place = 0
    for start, end, _ in painted.spans:
        assert place <= start < end <= len(painted.text)
        place = end


@given(st.binary(max_size=200), st.booleans())
def test_binary_lines_are_printable(line: bytes, pretty: bool) -> None:
    assert is_printable(shown(line, Look(pretty=pretty)).text)


def test_of_a_long_line_only_what_is_seen_is_read() -> None:
    line = b"\x1b[31mab\x1b[0m" * 500_000
    whole = shown(line, Look(), 100)
    assert len(whole.text) < 5000
    assert whole.text.startswith("abab" * 25)
