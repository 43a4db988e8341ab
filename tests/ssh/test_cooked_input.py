"""What a terminal does with keys while no program takes them as they are."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.ssh.cooked_input import LONGEST, CookedInput


class Typist:
    """Types, and remembers what came of it."""

    def __init__(self) -> None:
        self.shown = bytearray()
        self.lines: list[bytes] = []
        self.ends = 0
        self.signals: list[int] = []
        self.input = CookedInput(self.shown.extend, self.lines.append, self._end, self.signals.append)

    def _end(self) -> None:
        self.ends += 1

    def type(self, data: bytes) -> "Typist":
        self.input.take(data)
        return self


@pytest.mark.parametrize(
    ("typed", "lines", "shown"),
    [
        (b"ab\r", [b"ab\n"], b"ab\r\n"),
        (b"ab\ncd\n", [b"ab\n", b"cd\n"], b"ab\r\ncd\r\n"),
        (b"ab\x7fc\r", [b"ac\n"], b"ab\b \bc\r\n"),
        (b"\x7f\x08a\r", [b"a\n"], b"a\r\n"),
        ("a€\x7f\r".encode(), [b"a\n"], "a€\b \b\r\n".encode()),
        (b"abc\x15d\r", [b"d\n"], b"abc" + b"\b \b" * 3 + b"d\r\n"),
        (b"a\x1b[A\r", [b"a\x1b[A\n"], b"a^[[A\r\n"),
        (b"\x1b\x7f\r", [b"\n"], b"^[" + b"\b \b" * 2 + b"\r\n"),
        (b"ab\x04", [b"ab"], b"ab"),
        (b"ab", [], b"ab"),
    ],
)
def test_lines_and_what_is_seen_of_them(typed: bytes, lines: list[bytes], shown: bytes) -> None:
    for me in (Typist().type(typed), Typist()):
        if not me.shown:
            for byte in typed:
                me.type(bytes((byte,)))
        assert (me.lines, bytes(me.shown), me.ends, me.signals) == (lines, shown, 0, [])


def test_ctrl_c_and_its_like_drop_the_line() -> None:
    me = Typist().type(b"ab\x03cd\x1c\r")
    assert me.signals == [signal.SIGINT, signal.SIGQUIT]
    assert me.lines == [b"\n"]
    assert bytes(me.shown) == b"ab^Ccd^\\\r\n"


def test_ctrl_d_ends_only_at_the_beginning_of_a_line() -> None:
    assert Typist().type(b"a\x04\x04").ends == 1
    assert Typist().type(b"\x04").ends == 1


def test_a_line_has_its_end() -> None:
    me = Typist().type(b"x" * (LONGEST + 5) + b"\r")
    assert me.lines == [b"x" * LONGEST + b"\n"]
    assert me.shown.count(b"\a") == 5


def test_what_is_not_finished_can_be_taken() -> None:
    me = Typist().type(b"ab")
    assert me.input.rest() == b"ab"
    assert me.type(b"c\r").lines == [b"c\n"]


@given(st.binary())
def test_no_key_makes_a_terminal_obey(typed: bytes) -> None:
    """What is echoed holds no escape and no other control but those that move by one place or one line."""
    me = Typist().type(typed)
    assert not [byte for byte in me.shown if byte < 0x20 and byte not in b"\r\n\b\a\t"]
