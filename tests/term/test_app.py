"""One person's app among many: what happens in it stays in it."""

import asyncio
import gc
import io
import weakref
from contextvars import Context
from pathlib import Path

import pytest
from textual.app import ComposeResult, SuspendNotSupported
from textual.message import Message

from kty.term.app import TerminalApp
from kty.term.memory import MemoryTerminal, screen_text
from tests.sitting import sitting_at
from tests.term.apps import Another, Counter, Echo, Line
from tests.term.emulator import left_on


async def test_a_crash_is_one_persons_alone(capfd: pytest.CaptureFixture[str]) -> None:
    async with sitting_at(Counter) as alice, sitting_at(Counter) as bob:
        await alice.press("c")
        crash = await alice.crashes()
        assert str(crash) == "crashed with 11 characters"
        assert alice.app.return_code == 1
        bob.app.count(3)
        await bob.sees("count=3.")
        assert bob.app.crash is None
    assert "".join(capfd.readouterr()) == "", "a traceback shows what was in variables"


async def test_no_traceback_is_even_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr("rich.traceback.Traceback.__init__", lambda *_, **__: made.append(1))
    async with sitting_at(Counter) as me:
        await me.press("c")
        await me.crashes()
    assert made == []


async def test_a_crash_in_a_worker_is_told_by_its_cause() -> None:
    async with sitting_at(Counter) as me:
        await me.press("w")
        assert str(await me.crashes()) == "crashed at work"


class Broken(Counter):
    CSS = "Line { colour: red"


async def test_a_crash_before_the_first_frame_is_told_as_well(capfd: pytest.CaptureFixture[str]) -> None:
    terminal = MemoryTerminal()
    app = Broken(terminal)
    await app.start()
    assert app.crash is not None
    assert left_on(terminal.sent) == set()
    assert "".join(capfd.readouterr()) == ""


class Stubborn(Line):
    def on_unmount(self) -> None:
        raise RuntimeError("too late")


class StubbornWidget(Counter):
    def compose(self) -> ComposeResult:
        yield Stubborn("here I stay")


class StubbornApp(Counter):
    def on_unmount(self) -> None:
        raise RuntimeError("too late")


@pytest.mark.parametrize("make_app", [StubbornWidget, StubbornApp])
async def test_an_error_on_the_way_out_is_no_crash(make_app: type[Counter]) -> None:
    async with sitting_at(make_app) as me:
        me.app.exit(return_code=143)
        await me.leaves()
        assert me.app.crash is None
        assert me.app.return_code == 143


async def test_the_harness_raises_a_crash_that_nobody_waited_for() -> None:
    with pytest.raises(RuntimeError, match="crashed with"):
        async with sitting_at(Counter) as me:
            await me.press("c")


async def test_the_harness_shows_the_screen_when_it_waited_in_vain() -> None:
    async with sitting_at(Counter) as me:
        await me.sees("another line")
        me.app.exit()
        with pytest.raises(AssertionError, match="The app ended without seeing"):
            await me.sees("what is not there")


SIZE = (60, 15)


class Told(Message):
    """Something changed, outside of all apps."""


class Listener(Counter):
    """Shows a notification when it is told, from its widget, as a screen would."""

    class Ear(Line):
        def on_told(self) -> None:
            self.app.notify(f"told {self.id}")

    def compose(self) -> ComposeResult:
        self.ear = self.Ear(id=f"ear{next(Listener.numbers)}")
        yield self.ear

    numbers = iter(range(1, 100))


async def test_a_change_outside_of_all_apps_is_told_to_each_in_its_own_name() -> None:
    """`widget.app` is whoever's context the code runs in; a message is handled in the widget's own."""
    async with sitting_at(Listener) as alice, sitting_at(Listener) as bob:

        async def watch() -> None:
            for me in (alice, bob):
                me.app.ear.post_message(Told())

        await asyncio.get_running_loop().create_task(watch(), context=Context())
        for me, other in ((alice, bob), (bob, alice)):
            await me.sees(f"told {me.app.ear.id}")
            assert f"told {other.app.ear.id}" not in me.screen


async def test_an_app_started_by_another_is_its_own() -> None:
    class Starter(Counter):
        child: Listener
        child_over: asyncio.Event
        running: "asyncio.Task[None]"

        async def on_told(self) -> None:
            self.child = Listener(MemoryTerminal())
            self.child_over = asyncio.Event()
            with self.prevent(Told):
                self.running = self.child.start()
                await self.child_over.wait()

    async with sitting_at(Starter) as me:
        me.app.post_message(Told())
        await me.until(lambda: hasattr(me.app, "running") and me.app.child._dom_ready)
        child = me.app.child
        terminal = child.terminal
        assert isinstance(terminal, MemoryTerminal)
        child.call_later(child.ear.post_message, Told())
        await me.until(lambda: f"told {child.ear.id}".encode() in terminal.sent)
        assert b"told" not in me.terminal.sent
        child.exit()
        await me.app.running
        me.app.child_over.set()


async def test_a_dead_app_is_forgotten() -> None:
    async def session() -> "weakref.ref[Echo]":
        async with sitting_at(Echo) as me:
            me.send(b"a\x1b[119;5u\x1b[A\xc3")  # what a parser remembers
            await me.sees("key=up")
            me.terminal.pause_writing()
            me.app.exit()
            await me.leaves()
            return weakref.ref(me.app)

    forgotten = await session()
    await asyncio.sleep(0)
    gc.collect()
    assert forgotten() is None


async def test_a_screen_below_the_one_shown_can_be_forgotten() -> None:
    async with sitting_at(Counter) as me:
        await me.press("n")
        below, shown = me.app.screen, Another()
        await me.app.push_screen(shown)
        await me.app.forget_screen(below)
        assert me.app.screen is shown
        assert not below.is_running
        me.app.pop_screen()
        await me.sees("count=0.")


async def test_nobody_can_suspend_the_process() -> None:
    async with sitting_at(Counter) as me:
        me.app.action_suspend_process()
        with pytest.raises(SuspendNotSupported), me.app.suspend():
            pass


async def test_far_away_an_address_goes_to_the_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    async with sitting_at(Counter, remote=True) as me:
        me.app.call_later(me.app.open_url, "https://example.org")
        await me.sees("The address is in your clipboard: https://example.org")
        assert me.app.clipboard == "https://example.org"
    async with sitting_at(Counter) as me:
        me.app.call_later(me.app.open_url, "https://example.org/here")
        await me.until(lambda: opened)
    assert opened == ["https://example.org/here"]


async def test_far_away_no_file_is_written(tmp_path: Path) -> None:
    async with sitting_at(Counter, remote=True) as me:
        file = io.StringIO("text")
        me.app.call_later(me.app.deliver_text, file, save_directory=tmp_path, save_filename="saved")
        await me.sees("Files cannot be saved over this connection.")
        assert file.closed


async def test_here_files_are_written(tmp_path: Path) -> None:
    async with sitting_at(Counter) as me:
        me.app.call_later(me.app.deliver_text, io.StringIO("text"), save_directory=tmp_path, save_filename="saved")
        await me.until(lambda: saved(tmp_path) == "text")


def saved(folder: Path) -> str:
    file = folder / "saved"
    return file.read_text() if file.exists() else ""


async def test_a_result_is_handed_back() -> None:
    class Asking(TerminalApp[str]):
        def on_mount(self) -> None:
            self.exit("yes")

    app = Asking(MemoryTerminal())
    assert await app.start() == "yes"
    assert app.return_value == "yes"


async def test_textuals_pilot_can_press_too() -> None:
    async with Counter(MemoryTerminal(size=SIZE)).run_test(size=SIZE) as pilot:
        await pilot.press("n")
        await pilot.pause()
        assert "another screen" in screen_text(pilot.app)
        assert "another&#160;screen" in pilot.app.export_screenshot()


async def test_textuals_pilot_raises_a_crash() -> None:
    with pytest.raises(RuntimeError, match="crashed with"):
        async with Counter(MemoryTerminal()).run_test() as pilot:
            await pilot.press("c")


async def test_scrolling_and_the_like_are_not_animated() -> None:
    async with sitting_at(Counter) as me:
        assert me.app.animation_level == "none"
