"""From the bytes of a terminal to what an app hears."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.geometry import Offset

from tests.keys import typed
from tests.sitting import sitting_at
from tests.term.apps import Echo, Form


async def test_typed_letters_arrive() -> None:
    async with sitting_at(Echo) as me:
        me.send(b"a")
        await me.sees("key=a 'a'.")


async def test_each_letter_is_the_key_that_the_parser_makes_of_it() -> None:
    letters = "".join(map(chr, range(32, 127)))
    expected = [f"key={event.key} {event.character!r}." for each in letters for event in XTermParser().feed(each)]  # type: ignore[attr-defined] # keys only
    async with sitting_at(Echo) as me:
        for each in letters:
            me.send(each.encode())
        await me.sees("key=tilde")
        assert [heard for heard in me.app.heard if heard.startswith("key=")] == expected


async def test_a_letter_after_an_escape_belongs_to_it() -> None:
    async with sitting_at(Echo, env={"ESCDELAY": "60000"}) as me:
        me.send(b"\x1b")
        me.send(b"b")
        me.send(b"c")
        await me.sees("key=c")
        assert [heard for heard in me.app.heard if heard.startswith("key=")] == ["key=ctrl+left None.", "key=c 'c'."]


async def test_keys_of_many_bytes_arrive() -> None:
    async with sitting_at(Echo) as me:
        me.send(b"\x1b[A")
        await me.sees("key=up None.")
        me.send(b"\x1bOB")
        await me.sees("key=down None.")
        me.send(b"\x17")
        await me.sees("key=ctrl+w")
        me.send(b"\x1b[5~")
        await me.sees("key=pageup")


async def test_a_key_may_come_in_pieces() -> None:
    async with sitting_at(Echo, env={"ESCDELAY": "60000"}) as me:
        me.send(b"\x1b")
        me.send(b"[")
        me.send(b"A")
        await me.sees("key=up None.")
        assert me.app.heard.count("key=up None.") == 1
        assert not any("escape" in heard for heard in me.app.heard)


async def test_escape_alone_is_a_key_after_a_moment() -> None:
    async with sitting_at(Echo) as me:
        me.send(b"\x1b")
        await me.sees("key=escape")


async def test_the_moment_is_our_own_and_not_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.ESCAPE_DELAY", 3600.0)
    async with sitting_at(Echo) as me:
        me.send(b"\x1b")
        await me.sees("key=escape")


async def test_a_character_cut_in_two_is_one_character() -> None:
    async with sitting_at(Echo) as me:
        for byte in "é€🙂".encode():
            me.send(bytes((byte,)))
        await me.sees("'🙂'.")
        assert [heard[-4:-1] for heard in me.app.heard if heard.startswith("key")] == ["'é'", "'€'", "'🙂'"]


async def test_bytes_that_are_no_text_do_not_end_the_input() -> None:
    async with sitting_at(Echo) as me:
        me.send(b"\xff\xfe")
        me.send(b"")
        me.send(b"a")
        await me.sees("key=a")


async def test_kitty_keys_arrive() -> None:
    async with sitting_at(Echo) as me:
        me.send(b"\x1b[27u")
        await me.sees("key=escape")
        me.send(b"\x1b[119;5u")
        await me.sees("key=ctrl+w")
        me.send(b"\x1b[1;2A")
        await me.sees("key=shift+up")


@pytest.mark.parametrize("rubbish", [b"\x1b[97:65;2u", b"\x1b[99999999999;1u", b"\x1b[" + b"9" * 5000 + b";1u"])
async def test_a_sequence_that_cannot_be_read_costs_nothing_but_itself(rubbish: bytes) -> None:
    async with sitting_at(Echo) as me:
        me.send(rubbish)
        me.send(b"a")
        await me.sees("key=a 'a'.")


async def test_a_click_arrives_where_it_was_made() -> None:
    async with sitting_at(Echo) as me:
        await me.click(7, 2)
        await me.sees("click=7,2.")


async def test_a_paste_is_one_event() -> None:
    async with sitting_at(Echo) as me:
        await me.pastes("kind: Pod\nmetadata: é")
        await me.sees(r"paste=21 'kind: Pod\nmetadata: '.")
        assert not any(heard.startswith("key") for heard in me.app.heard)


async def test_a_huge_paste_is_cut_and_typing_goes_on() -> None:
    async with sitting_at(Echo) as me:
        await me.pastes("x" * 1_100_000)
        await me.sees("paste=1048576 ", "Only the first 1,048,576 characters")
        me.send(b"a")
        await me.sees("key=a 'a'.")


async def test_an_app_hears_that_its_window_lost_the_focus() -> None:
    async with sitting_at(Echo) as me:
        me.send(b"\x1b[O")
        await me.sees("blurred.")
        me.send(b"\x1b[I")
        await me.sees("focused.")


async def test_a_new_size_arrives() -> None:
    async with sitting_at(Echo, size=(80, 24)) as me:
        await me.sees("size=80x24.")
        await me.resize(60, 15)
        await me.sees("size=60x15.")


async def test_each_key_reaches_whoever_has_the_focus_when_it_is_pressed() -> None:
    async with sitting_at(Form) as me:
        await me.press("a", "enter", "b", "enter")
        await me.sees("two=b.")


@pytest.mark.parametrize(
    "key",
    [
        *("a", "Z", "7"),
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
        *(f"f{number}" for number in range(1, 13)),
        *("enter", "tab", "shift+tab", "escape", "backspace", "space"),
        *("ctrl+a", "ctrl+i", "ctrl+w", "ctrl+up", "shift+down", "ctrl+shift+end", "ctrl+delete", "alt+x", "ctrl+f5"),
    ],
)
def test_what_tests_type_is_what_textual_calls_it(key: str) -> None:
    heard = [event.key for event in XTermParser().feed(typed(key).decode()) if isinstance(event, events.Key)]
    assert heard == [key]


def test_a_key_that_does_not_exist_cannot_be_pressed() -> None:
    with pytest.raises(ValueError, match="no key is called entre"):
        typed("entre")


async def test_a_cursor_that_is_nowhere_is_at_the_upper_left() -> None:
    async with sitting_at(Echo) as me:
        me.app.cursor_position = Offset(-4, -1)
        assert me.app.cursor_position == Offset(0, 0)
        me.app.cursor_position = Offset(7, 3)
        assert me.app.cursor_position == Offset(7, 3)
