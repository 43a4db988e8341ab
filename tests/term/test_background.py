"""A terminal says whether it is light or dark, in bytes that come as if they were typed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.term.background import Answers, Ground, asked, ground_of, told


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ("rgb:ffff/ffff/ffff", "light"),
        ("rgb:fd/f6/e3", "light"),
        ("rgb:0/0/0", "dark"),
        ("rgb:0000/2b2b/3636", "dark"),
        ("rgba:ffff/ffff/ffff/0000", "light"),
        ("RGB:FFFF/FFFF/FFFF", "light"),
        ("rgb:ffff/ffff", None),
        ("rgb:fffff/0/0", None),
        ("#ffffff", None),
        ("", None),
    ],
)
def test_a_colour_is_light_or_dark(color: str, expected: Ground | None) -> None:
    assert ground_of(color) == expected


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, None),
        ({"COLORFGBG": "15;0"}, "dark"),
        ({"COLORFGBG": "0;15"}, "light"),
        ({"COLORFGBG": "0;default;15"}, "light"),
        ({"COLORFGBG": "0;7"}, "light"),
        ({"COLORFGBG": "7;8"}, "dark"),
        ({"COLORFGBG": "12;4"}, "dark"),
        ({"COLORFGBG": "default;default"}, None),
        ({"COLORFGBG": "0;\u0661\u0665"}, None),
        ({"COLORFGBG": ""}, None),
    ],
)
def test_the_environment_may_say_so(env: Mapping[str, str], expected: Ground | None) -> None:
    assert told(env) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("xterm-256color", True), ("tmux", True), ("linux", False), ("", False)]
)
def test_not_every_terminal_can_be_asked(name: str, expected: bool) -> None:
    assert asked(name) is expected


ANSWERS = ("\x1b]11;rgb:ffff/ffff/ffff\x07", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]10;rgb:0/0/0\x07")
TYPED = st.lists(st.sampled_from([*ANSWERS, "j", "\x1b[A", "\x1b[27u", "é", "\x1b", "\x1bOP", "\x1b]", "\r"]))


@given(TYPED, st.data())
def test_what_is_typed_comes_through_and_answers_do_not_wherever_they_are_cut(
    parts: list[str], data: st.DataObject
) -> None:
    text, answers = "".join(parts), Answers()
    answers.is_awaited = data.draw(st.booleans())
    # Cut within answers only where they are known to be some: an escape that nobody waits for is a key at once.
    passed = ""
    while text:
        size = data.draw(st.integers(1, len(text)))
        if not answers.is_awaited and (answers.held + text[:size]).endswith(("\x1b", "\x1b]")):
            size = len(text)
        passed, text = passed + answers.take(text[:size]), text[size:]
    passed += answers.give_back()
    assert passed == "".join([part for part in parts if part not in ANSWERS])


def test_an_escape_is_held_only_while_an_answer_is_due() -> None:
    answers = Answers()
    assert answers.take("\x1b") == "\x1b"
    answers.is_awaited = True
    assert answers.take("\x1b") == ""
    assert answers.give_back() == "\x1b"
    assert answers.take("\x1b") + answers.take("[A") == "\x1b[A"
    assert answers.take(ANSWERS[0]) == ""
    assert (answers.ground, answers.is_awaited) == ("light", False)
    assert answers.take("\x1b") == "\x1b"


def test_half_an_answer_is_never_typed() -> None:
    answers = Answers()
    assert answers.take("\x1b]11;rgb:ff") == ""
    assert answers.give_back() == ""
    assert answers.take("ff/ffff/ffff\x07j") == "j"
    assert answers.ground == "light"


def test_what_never_ends_is_no_answer() -> None:
    answers = Answers()
    assert answers.take("\x1b]11;" + "x" * 10_000) != ""
    assert answers.take("j").endswith("j")
