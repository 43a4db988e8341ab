"""I want to be able to read it, whatever colours my terminal has."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kty.errors import ConfigError
from kty.settings import Settings
from kty.state import State
from kty.term.background import ASK
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.snapshots.picture import strips
from tests.term.emulator import colors

WHITE = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
BLACK = b"\x1b]11;rgb:0000/0000/0000\x07"


async def test_a_light_terminal_gets_the_light_theme(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        assert me.app.theme == "textual-dark"  # nobody waited for the answer
        assert me.terminal.sent.count(ASK.encode()) == 1
        me.send(WHITE)
        await me.until(lambda: me.app.theme == "kty-light")
        await me.sees("pods 9 of 9", "● live")


async def test_a_dark_terminal_keeps_the_dark_one(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        me.send(BLACK)
        await me.rests()
        assert (me.app.ground, me.app.theme) == ("dark", "textual-dark")


async def test_no_answer_is_taken_for_keys_however_it_is_cut(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        for byte in WHITE:
            me.send(bytes([byte]))
        await me.until(lambda: me.app.theme == "kty-light")
        await me.sees("pods 9 of 9", "● live")
        me.send(b"j" + BLACK + b"y")  # a second one, which nobody asked for
        await me.sees("kind: Pod")
        assert me.app.theme == "kty-light"


async def test_an_answer_that_comes_late_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kty.term.background.PATIENCE", 0.0)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        me.send(WHITE)
        await me.rests()
        assert me.app.theme == "textual-dark"
        await me.sees("pods 9 of 9", "● live")


async def test_escape_is_a_key_while_an_answer_is_due(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press("y")
        await me.sees("kind: Pod")
        me.send(b"\x1b")
        await me.sees("pods 9 of 9")


async def test_a_terminal_that_cannot_answer_tells_by_its_environment(desk: Desk) -> None:
    async with desk.sit(env={"COLORFGBG": "0;15"}) as me:
        await me.sees("pods 9 of 9")
        assert me.app.theme == "kty-light"
        me.send(BLACK)  # what the terminal itself says is newer
        await me.until(lambda: me.app.theme == "textual-dark")


@pytest.mark.parametrize("name", ["linux", "dumb", "vt100", ""])
async def test_a_terminal_that_would_print_the_question_is_not_asked(desk: Desk, name: str) -> None:
    async with desk.sit(name=name) as me:
        await me.sees("pods 9 of 9")
        assert ASK.encode() not in me.terminal.sent


async def test_without_colour_there_is_none(desk: Desk) -> None:
    async with desk.sit(env={"NO_COLOR": "1"}) as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press(":", *"theme light", "enter")
        await me.sees("theme light")
        assert me.app.theme == "kty-light"
        assert colors(me.terminal.sent) == set()
        assert ASK.encode() not in me.terminal.sent


# --- chosen ----------------------------------------------------------------------------------------------------


async def test_what_config_yaml_says_wins_over_the_terminal(desk: Desk) -> None:
    async with desk.sit(settings=Settings(theme="dark")) as me:
        await me.sees("pods 9 of 9")
        me.send(WHITE)
        await me.rests()
        assert me.app.theme == "textual-dark"
    async with desk.sit(settings=Settings(theme="nord")) as me:
        await me.sees("pods 9 of 9")
        assert me.app.theme == "nord"


async def test_a_theme_that_there_is_not_is_said_before_the_start(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="no theme is called 'lihgt'"):
        async with desk.sit(settings=Settings(theme="lihgt")):
            pass


async def test_a_theme_is_chosen_on_the_command_line_and_remembered(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press(":", *"theme solar")
        await me.sees("solarized-light", "solarized-dark")
        await me.press(*"ized-light", "enter")
        await me.sees("theme solarized-light")
        assert me.app.theme == "solarized-light"
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        assert me.app.theme == "solarized-light"
        me.send(BLACK)
        await me.rests()
        assert me.app.theme == "solarized-light"
        await me.press(":", *"theme auto", "enter")
        await me.sees("theme auto: textual-dark")
    assert State.load(desk.state_file).theme == "auto"


async def test_a_key_offers_the_themes(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press("ctrl+t")
        await me.sees("auto", "dark", "light", ":theme")
        await me.press(*"light", "enter")
        await me.until(lambda: me.app.theme == "kty-light")


async def test_a_choice_that_config_yaml_overrides_says_so(desk: Desk) -> None:
    async with desk.sit(settings=Settings(theme="dark")) as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press(":", *"theme light", "enter")
        await me.sees("config.yaml says dark")
        assert me.app.theme == "kty-light"


async def test_a_theme_that_there_is_not_is_said(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press(":", *"them", "enter")
        await me.sees(":theme", "auto", "light")
        await me.press(*"lihgt", "enter")
        await me.sees("there is no theme called `lihgt`", "light")


async def test_a_theme_that_is_gone_is_forgotten(desk: Desk, tmp_path: Path) -> None:
    desk.state_file.write_text('{"theme": "of-another-version"}')
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        assert me.app.theme == "textual-dark"


# --- readable --------------------------------------------------------------------------------------------------


def luminance(color: tuple[int, int, int]) -> float:
    """Return the relative luminance of WCAG 2.1."""
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the contrast ratio of WCAG 2.1, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def faint(me: Seat) -> Iterator[str]:
    """Yield the texts on screen that can hardly be read. The position mark is none; what a dialog dims need not be."""
    box = me.app.screen.children[0].region if me.app.screen.is_modal else me.app.screen.region
    for line in [line.crop(box.x, box.right) for line in strips(me.app)[box.y : box.bottom]]:
        for segment in line:
            style, text = segment.style, segment.text.strip(" ▐─│╭╮╰╯▁▔▎▊")
            if not text or style is None or style.color is None or style.bgcolor is None:
                continue
            ink, ground = style.color.triplet, style.bgcolor.triplet
            assert ink is not None
            assert ground is not None
            if style.reverse:
                ink, ground = ground, ink
            if (ratio := contrast(ink, ground)) < 4.5:
                yield f"{text!r}: {ink.hex} on {ground.hex} is {ratio:.2f}"


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_text_can_be_read(desk: Desk, server: RiggedDemo, theme: str) -> None:
    seen: dict[str, list[str]] = {}

    async with desk.sit(settings=Settings(theme=theme), size=(140, 40)) as me:

        async def looks(name: str, *texts: str) -> None:
            await me.sees(*texts)
            await me.rests()
            seen[name] = list(faint(me))

        await looks("pods", "pods 9 of 9", "● live", "CrashLoopBackOff")
        for step in range(1, 9):
            await me.press("j")
            await looks(f"pods, the cursor {step} lower", "pods 9 of 9")
        await me.press("/", *"cart many>")
        await looks("a filter with a mistake", "no column is called many")
        await me.press("escape", "/", *"cart", "enter")
        await looks("a filter", "pods 2 of 9")
        await me.press("d")
        await looks("describe", "Name:", "Events:")
        await me.press("/", *"cart", "enter")
        await looks("a search", "1/")
        await me.press("escape", "escape", "y")
        await looks("yaml", "kind: Pod")
        await me.press("/", *"cart", "enter")
        await looks("a search in yaml", "1/")
        await me.press("escape", "?")
        await looks("help", "keys · pod/")
        await me.press("escape", "escape", "escape", "ctrl+d")
        await looks("a question", "Delete pod")
        await me.press("n", ":", *"se")
        await looks("the command line", "services")
        await me.press("escape", "l")
        await looks("logs", "logs of pod", "CrashLoopBackOff")
        await me.press("escape", ":", *"deploy", "enter")
        await looks("deployments", "deployments 3 of 3")
        await me.press("H")
        await me.sees("nothing has changed")
        deployment = server.get("deployments.apps", "cart", "shop")
        deployment["spec"]["replicas"] = 9
        server.put("deployments.apps", deployment)
        await looks("history", "1 change", "+   replicas: 9")
        await me.press("escape", ":", *"events", "enter")
        await looks("events", "events ")
        await server.down()
        await looks("a cut connection", "stale for")
    assert [f"{name}: {text}" for name, texts in seen.items() for text in texts] == []


async def test_two_people_have_a_theme_each(desk: Desk) -> None:
    async with desk.sit() as one, desk.sit(env={"COLORFGBG": "0;15"}) as other:
        await asyncio.gather(one.sees("pods 9 of 9"), other.sees("pods 9 of 9"))
        assert (one.app.theme, other.app.theme) == ("textual-dark", "kty-light")
