"""A key and a frame ask no widget that they are not about, and everything is as if they had asked all."""

import asyncio
from random import Random
from typing import Any, ClassVar

import pytest
from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

from kty.term.app import TerminalApp
from kty.term.memory import screen_text
from kty.term.sparing import KnowsHandlers, PassesKeys, SparingScreen, Unscrolled, WritesLines
from tests.sitting import sitting_at
from tests.term.emulator import shown

SIZE = (50, 14)


class Block(Widget):
    """Lines that say how often they changed; counts how often it was asked for them."""

    def __init__(self, letter: str) -> None:
        super().__init__(id=letter)
        self.changes: dict[int, int] = {}
        self.asked = 0

    def change(self, row: int) -> None:
        self.changes[row] = self.changes.get(row, 0) + 1
        self.refresh(Region(0, row, self.size.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked += 1
        lines = [f"{self.id}{y}.{self.changes.get(y, 0)} ".ljust(self.size.width, "-") for y in range(self.size.height)]
        return [Strip([Segment(line)]).crop(crop.x, crop.right) for line in lines[crop.y : crop.bottom]]


class Blocks(SparingScreen[None]):
    """Some above each other, some beside each other, and one that lies on top of others."""

    CSS = """
    Blocks { layers: below above; layout: vertical; }
    Block { height: 4; width: 1fr; }
    Horizontal { height: 4; }
    #top { layer: above; width: 20; height: 6; offset: 5 2; }
    """

    lower: type[Block] = Block
    """What all but the one on top are."""

    def compose(self) -> ComposeResult:
        yield self.lower("a")
        with Horizontal():
            yield self.lower("b")
            yield self.lower("c")
        yield self.lower("d")
        yield Block("top")


class BlocksApp(TerminalApp[None]):
    def on_mount(self) -> None:
        self.push_screen(Blocks())


async def test_what_is_painted_by_and_by_is_what_would_be_painted_at_once() -> None:
    async with sitting_at(BlocksApp, size=SIZE) as me:
        await me.sees("a0.0", "top0.0", "c0.0", "d3.0")
        random = Random(7)
        for _ in range(60):
            for block in random.sample([*me.app.screen.query(Block)], random.randint(1, 3)):
                block.change(random.randrange(block.size.height))
            await me.press("z")
            assert shown(me.terminal.sent, SIZE) == screen_text(me.app)


async def test_only_those_are_asked_that_a_frame_is_about() -> None:
    async with sitting_at(BlocksApp, size=SIZE) as me:
        await me.sees("a0.0", "top0.0", "c0.0", "d3.0")
        await me.press("z")
        blocks = {str(block.id): block for block in me.app.screen.query(Block)}
        for block in blocks.values():
            block.asked = 0
        blocks["a"].change(0)
        blocks["d"].change(3)
        await me.press("z")
        assert {name for name, block in blocks.items() if block.asked} == {"a", "d"}
        assert "a0.1" in shown(me.terminal.sent, SIZE)


class Listening(Container):
    heard = 0

    def on_key(self) -> None:
        self.heard += 1


class Deaf(PassesKeys, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "note('x')", "note")]
    noted = ""

    def action_note(self, key: str) -> None:
        self.noted += key


class Hearing(Deaf):
    hears_keys = True

    def on_key(self, event: events.Key) -> None:
        self.noted += f"[{event.key}]"


class KeysApp(TerminalApp[None]):
    heard = ""

    def compose(self) -> ComposeResult:
        with Listening():
            yield Deaf(id="deaf")
            yield Hearing(id="hearing")

    def on_key(self, event: events.Key) -> None:
        self.heard += event.key


class Base(KnowsHandlers):
    def on_key(self, event: events.Key) -> None: ...
    def _on_key(self, event: events.Key) -> None: ...
    def on_idle(self, event: events.Idle) -> None: ...


class Derived(Base):
    def on_key(self, event: events.Key) -> None: ...

    @on(events.Paste)
    def _take(self, event: events.Paste) -> None: ...
    def on_paste(self, event: events.Paste) -> None: ...

    @on(events.Paste)
    def on_idle(self, event: events.Idle) -> None: ...


@pytest.mark.parametrize("message", [events.Key("a", "a"), events.Idle(), events.Paste("x"), events.Blur()])
async def test_the_handlers_that_are_known_are_those_that_textual_finds(message: Message) -> None:
    async with sitting_at(BlocksApp, size=SIZE) as me:
        for pump in (Derived(), me.app, me.app.screen):
            name = message.handler_name
            expected = [*MessagePump._get_dispatch_methods(pump, name, message)]
            for _ in range(2):
                assert [*pump._get_dispatch_methods(name, message)] == expected
    found = [one for one, _ in Derived()._get_dispatch_methods("on_key", events.Key("a", "a"))]
    assert found == [Derived, Base]


def test_a_default_that_is_prevented_is_not_found() -> None:
    key = events.Key("a", "a")
    found = []
    for one, _ in Derived()._get_dispatch_methods("on_key", key):
        found.append(one)
        key.prevent_default()
    assert found == [Derived]


async def test_keys_pass_who_does_not_hear_them_and_their_bindings_work() -> None:
    async with sitting_at(KeysApp) as me:
        deaf, hearing = me.app.query_one("#deaf", Deaf), me.app.query_one("#hearing", Hearing)
        around = me.app.query_one(Listening)
        deaf.focus()
        await me.press("x", "y")
        assert (deaf.noted, around.heard, me.app.heard) == ("x", 0, "xy")
        hearing.focus()
        await me.press("x", "y")
        assert (hearing.noted, around.heard, me.app.heard) == ("[x]x[y]", 2, "xyxy")


class Level(Block, Unscrolled, can_focus=True):
    """As high as there is room."""


class Part(Container, Unscrolled):
    """As high as what it has."""


class Levels(SparingScreen[None]):
    CSS = """
    Levels { layout: vertical; }
    Level { height: 1fr; width: 1fr; }
    Part { height: auto; }
    #comes { height: 2; }
    """

    def compose(self) -> ComposeResult:
        yield Level("level")
        with Part():
            yield Level("comes")


class LevelsApp(TerminalApp[None]):
    def on_mount(self) -> None:
        self.push_screen(Levels())


async def test_who_makes_room_is_laid_out_once_and_painted_once() -> None:
    async with sitting_at(LevelsApp, size=SIZE) as me:
        await me.sees("level11.0", "comes1.0")
        await me.rests()
        layouts: list[Screen[Any]] = []
        me.app.screen.screen_layout_refresh_signal.subscribe(me.app, layouts.append)
        level, comes = me.app.screen.query_one(Level), me.app.screen.query_one("#comes")
        for is_there in (False, True):
            layouts.clear()
            level.asked = 0
            comes.display = is_there
            await me.rests()
            assert (len(layouts), level.asked) == (1, 1)
            assert ("level11.0" if is_there else "level13.0") in screen_text(me.app)
            assert shown(me.terminal.sent, SIZE) == screen_text(me.app)


async def test_who_takes_the_keyboard_has_no_others_painted() -> None:
    async with sitting_at(LevelsApp, size=SIZE) as me:
        await me.sees("level11.0", "comes1.0")
        await me.rests()
        level, comes = me.app.screen.query_one(Level), me.app.screen.query_one("#comes", Block)
        for focused in (None, level):
            comes.asked = 0
            me.app.screen.set_focus(focused)
            await me.rests()
            assert me.app.screen.focused is focused
            assert not comes.asked


class Written(Block, WritesLines):
    """Writes what changes at once."""

    def change(self, *rows: int) -> None:
        for row in rows:
            self.changes[row] = self.changes.get(row, 0) + 1
        self.write_lines(rows)


class Over(ModalScreen[None]):
    """Covers some of what is below."""

    CSS = "Over { align: center middle; } Over Block { width: 20; height: 8; }"

    def compose(self) -> ComposeResult:
        yield Block("over")


class WrittenBlocks(Blocks):
    lower = Written


class WrittenApp(TerminalApp[None]):
    def on_mount(self) -> None:
        self.push_screen(WrittenBlocks())


async def test_what_is_written_at_once_is_what_would_be_painted() -> None:
    async with sitting_at(WrittenApp, size=SIZE) as me:
        await me.sees("a0.0", "top0.0", "c0.0", "d3.0")
        await me.rests()
        blocks = [*me.app.screen.query(Written)]
        random = Random(11)
        for _ in range(60):
            for block in random.sample(blocks, random.randint(1, 3)):
                block.change(*random.sample(range(block.size.height), random.randint(1, 3)))
            await me.rests()
            assert shown(me.terminal.sent, SIZE) == screen_text(me.app)


async def test_lines_go_to_the_terminal_in_the_same_turn_where_nothing_lies_on_them() -> None:
    async with sitting_at(WrittenApp, size=SIZE) as me:
        await me.sees("a0.0", "top0.0", "c0.0", "d3.0")
        await me.rests()
        a, d = me.app.screen.query_one("#a", Written), me.app.screen.query_one("#d", Written)
        frames = len(me.terminal.frames)
        with me.app._context():
            d.change(0, 2)
            a.change(3)  # beneath what lies on top
        await asyncio.sleep(0)
        assert len(me.terminal.frames) == frames + 1
        assert b"d0.1" in me.terminal.frames[-1]
        assert b"d2.1" in me.terminal.frames[-1]
        assert b"a3.1" not in me.terminal.frames[-1]
        await me.rests()
        assert "a3.1" in shown(me.terminal.sent, SIZE)
        assert shown(me.terminal.sent, SIZE) == screen_text(me.app)


async def test_nothing_is_written_below_another_screen_or_while_nothing_is_to_be_painted() -> None:
    async with sitting_at(WrittenApp, size=SIZE) as me:
        await me.sees("a0.0", "top0.0", "c0.0", "d3.0")
        d = me.app.screen.query_one("#d", Written)
        below = me.app.screen
        me.app.call_later(me.app.push_screen, Over())
        await me.sees("over0.0")
        await me.rests()
        with me.app._context():
            d.change(0)  # of which a part is covered
        await me.rests()
        assert "d0.1" in shown(me.terminal.sent, SIZE)
        assert shown(me.terminal.sent, SIZE) == screen_text(me.app)
        me.app.call_later(me.app.pop_screen)
        await me.until(lambda: me.app.screen is below)
        await me.rests()
        me.app.pause_painting()
        frames = len(me.terminal.frames)
        with me.app._context():
            d.change(1)
        await asyncio.sleep(0)
        assert len(me.terminal.frames) == frames
        me.app.resume_painting()
        await me.rests()
        assert "d1.1" in shown(me.terminal.sent, SIZE)
        assert shown(me.terminal.sent, SIZE) == screen_text(me.app)


async def test_who_has_gone_writes_nothing() -> None:
    async with sitting_at(WrittenApp, size=SIZE) as me:
        await me.sees("a0.0", "top0.0", "c0.0", "d3.0")
        d = me.app.screen.query_one("#d", Written)
        me.app.call_later(d.remove)
        await me.until(lambda: not d.is_attached)
        await me.rests()
        frames = len(me.terminal.frames)
        with me.app._context():
            d.change(0)
            Written("new").change(0)
        await me.rests()
        assert len(me.terminal.frames) == frames
