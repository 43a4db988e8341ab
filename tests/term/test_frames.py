"""From what an app paints to the bytes that a terminal is sent."""

import pytest

from kty.term import modes
from kty.term.memory import MemoryTerminal, MemoryTransport, screen_text
from kty.term.terminal import Terminal
from tests.sitting import Sitting, sitting_at
from tests.term.apps import Counter
from tests.term.emulator import left_on, shown

SIZE = (60, 15)


async def comes_to_rest(me: Sitting[Counter]) -> None:
    """Wait until the app painted all that its start makes it paint, which is more than one frame."""
    me.app.count(1)
    await me.until(lambda: b"count=1." in me.terminal.sent)
    me.terminal.frames.clear()


async def count_to(me: Sitting[Counter], number: int) -> None:
    """Let the app count and do whatever it does after each step."""
    for step in range(number + 1):
        me.app.count(step)
        await me.press("z")


async def test_a_frame_is_one_write() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        await comes_to_rest(me)
        me.send(b"\x1b[?2026;2$y")
        me.app.count(7)
        await me.until(lambda: b"count=7." in me.terminal.sent)
        (frame,) = (frame for frame in me.terminal.frames if b"count=7." in frame)
        assert frame.startswith(b"\x1b[?2026h")
        assert frame.endswith(b"\x1b[?2026l")


async def test_frames_are_not_bracketed_for_a_terminal_that_cannot_synchronize() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        assert modes.ASK_SYNCHRONIZED.encode() in me.terminal.sent
        me.send(b"\x1b[?2026;0$y")
        me.app.count(7)
        await me.until(lambda: b"count=7." in me.terminal.sent)
        assert b"?2026h" not in me.terminal.sent


async def test_apples_terminal_is_not_asked_what_it_would_print() -> None:
    async with sitting_at(Counter, env={"TERM_PROGRAM": "Apple_Terminal"}) as me:
        assert b"?2026" not in me.terminal.sent


async def test_what_needs_no_frame_is_sent_too() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        await comes_to_rest(me)
        me.app.bell()
        await me.until(lambda: b"\x07" in me.terminal.frames)
        me.app.copy_to_clipboard("web-1")
        await me.until(lambda: b"\x1b]52;c;d2ViLTE=\x07" in me.terminal.frames)


async def test_a_terminal_is_left_as_it_was_found() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        assert left_on(me.terminal.sent) == {"1049", "kitty", "25", "7", "2004", "1004", "1000", "1002", "1006"}
        await me.press("q")
        await me.leaves()
    assert left_on(me.terminal.sent) == set()
    assert me.terminal.sent.endswith(modes.LEAVE.encode())
    assert me.terminal.sent.rindex(b"\x1b[<u") < me.terminal.sent.rindex(b"\x1b[?1049l"), "keys are kept per screen"


async def test_pointer_moves_are_not_asked_for() -> None:
    async with sitting_at(Counter) as me:
        assert b"?1003h" not in me.terminal.sent


async def test_a_slow_terminal_gathers_changes_and_not_frames() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        await comes_to_rest(me)
        me.terminal.pause_writing()
        await count_to(me, 100)
        assert me.terminal.frames == []
        me.terminal.resume_writing()
        await me.until(lambda: b"count=100." in me.terminal.sent)
        assert sum(b"count=" in frame for frame in me.terminal.frames) == 1


async def test_a_screen_opened_while_the_terminal_is_slow_is_not_lost() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        await comes_to_rest(me)
        me.terminal.pause_writing()
        await me.press("n")
        await me.until(lambda: "another screen" in screen_text(me.app))
        await me.press("z")
        assert b"another" not in me.terminal.sent
        me.terminal.resume_writing()
        await me.until(lambda: shown(me.terminal.sent, SIZE) == screen_text(me.app))


async def test_a_window_resized_while_the_terminal_is_slow_is_painted_in_its_last_size() -> None:
    async with sitting_at(Counter, size=(100, 30)) as me:
        await comes_to_rest(me)
        me.terminal.pause_writing()
        await me.resize(80, 20)
        await me.resize(*SIZE)
        await me.press("z")
        assert me.terminal.frames == []
        me.terminal.resume_writing()
        await me.until(lambda: "count=1." in shown(me.terminal.sent, SIZE))
        await me.until(lambda: shown(me.terminal.sent, SIZE) == screen_text(me.app))


async def test_a_terminal_may_be_slow_before_its_app_starts() -> None:
    def make_app(terminal: Terminal) -> Counter:
        terminal.pause_writing()
        return Counter(terminal)

    async with sitting_at(make_app, size=SIZE) as me:
        assert "count" not in shown(me.terminal.sent, SIZE)
        me.terminal.resume_writing()
        await me.until(lambda: "count=0." in shown(me.terminal.sent, SIZE))


async def test_a_terminal_that_somebody_wrote_over_is_painted_anew() -> None:
    async with sitting_at(Counter, size=SIZE) as me:
        await comes_to_rest(me)
        me.terminal.redraw()
        await me.until(lambda: shown(me.terminal.sent, SIZE) == screen_text(me.app))
        assert {"1049", "25", "1002"} <= left_on(me.terminal.sent)
        assert "kitty" not in left_on(me.terminal.sent), "what was pushed twice is popped twice"


async def test_keys_that_textual_was_told_not_to_read_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.DISABLE_KITTY_KEY", True)
    async with sitting_at(Counter) as me:
        assert b"\x1b[>1u" not in me.terminal.sent


async def test_an_app_may_leave_the_mouse_to_the_terminal() -> None:
    terminal = MemoryTerminal()
    app = Counter(terminal)
    app.call_later(app.exit)
    await app.run_async(mouse=False)
    assert b"\x1b[?1000h" not in terminal.sent


async def test_what_is_typed_after_the_end_goes_nowhere() -> None:
    async with sitting_at(Counter) as me:
        me.app.exit()
        await me.leaves()
        me.send(b"a")
        me.terminal.resized(20, 20)
        me.terminal.redraw()
        assert not me.terminal.is_held


def test_a_closed_terminal_closes_what_carried_it() -> None:
    transport = MemoryTransport()
    Terminal(transport, name="xterm").close()
    assert transport.is_closed


@pytest.mark.parametrize(
    ("told", "taken"), [((0, 0), (80, 24)), ((100_000, 100_000), (1024, 512)), ((60, 15), (60, 15))]
)
async def test_a_size_that_cannot_be_is_not_believed(told: tuple[int, int], taken: tuple[int, int]) -> None:
    async with sitting_at(Counter, size=told) as me:
        assert me.app.size == taken
        me.terminal.resized(0, 0)
        await me.press("z")
        assert me.app.size == taken
