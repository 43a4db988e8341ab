"""Several people at kty over SSH, in one process: each trap that Textual sets for that, with at least two of them.

The traps are those of many Textual apps on one loop; what one app alone shows of them is tested beside `kty.term`.
"""

import asyncio
import gc
import logging
import signal
import sys
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import ClassVar

import pytest
from textual._context import active_app
from textual.binding import BindingType

from kty.app import KtyApp
from kty.kube.kinds import Pod
from kty.screens.editor import EditorScreen
from kty.term.app import TerminalApp
from kty.widgets.text_buffer import TextBuffer
from kty.widgets.yaml_editor import YamlEditor
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop
from tests.ssh.house import House, Known, house, sit, until
from tests.ssh.walker import ANNA, BEN, EVE, Walker, kty_house, walking
from tests.term.apps import Counter
from tests.term.emulator import colors, left_on


@pytest.fixture
async def cluster() -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo(furnished=True)) as server:
        yield server


@pytest.fixture
async def it(cluster: RiggedDemo, tmp_path: Path) -> AsyncIterator[House]:
    async with kty_house(cluster, tmp_path) as house:
        yield house


async def edits(me: Walker) -> YamlEditor:
    await me.opens("cm")
    await until(lambda: "live" in me.guest.screen)
    await me.press("e")
    await until(lambda: isinstance(me.app.screen, EditorScreen), lambda: me.guest.screen)
    return me.app.screen.query_one(YamlEditor)


async def test_what_one_store_tells_reaches_each_in_their_own_app(it: House, cluster: RiggedDemo) -> None:
    """Trap 1: a widget asks its context for its app, and takes another's for its own."""
    async with walking(it) as anna, walking(it, BEN) as ben:
        assert anna.app is not ben.app
        said = {anna.app: "for anna alone", ben.app: "for ben alone"}
        for app, text in said.items():  # outside of all apps, as a watcher is
            app.screen.call_later(app.screen.notify, text)
        await anna.guest.sees("for anna alone")
        await ben.guest.sees("for ben alone")
        assert "for ben" not in anna.guest.screen
        assert "for anna" not in ben.guest.screen
        told: list[object] = []
        lease = ben.app.session.lease(Pod.resource, "shop")
        lease.store.on_change(lambda: told.append(active_app.get(None)))
        cluster.put("pods", Shop(1e9).pod("aaa-new"))
        await anna.guest.sees("aaa-new")
        await ben.guest.sees("aaa-new")
        assert told
        assert set(told) == {None}, "what is shared runs in somebody's context"
        lease.release()
        for me in (anna, ben):
            assert me.app.screen.app is me.app
            assert {widget.app for widget in me.app.screen.walk_children()} == {me.app}


async def test_what_one_is_refused_is_told_to_nobody_else(it: House, cluster: RiggedDemo) -> None:
    """Trap 1: errors come by workers, notices by timers."""
    cluster.forbid_verb("delete")
    async with walking(it) as anna, walking(it, BEN) as ben:
        await anna.press("ctrl+d")
        await anna.guest.sees("you may not delete")
        await ben.press("j")
        await ben.guest.sees("live")
        assert "you may not" not in ben.guest.screen
        assert b"you may not" not in ben.guest.sent


async def test_terminals_and_themes_do_not_leak_from_one_to_another(it: House) -> None:
    """Trap 2: styles and strips are cached without the colours that a terminal has."""
    terms = {ANNA: ("xterm-direct", "truecolor"), BEN: ("xterm-256color", "256"), EVE: ("xterm", "16")}
    async with AsyncExitStack() as stack:
        people = {key: await stack.enter_async_context(walking(it, key, term=term)) for key, (term, _) in terms.items()}
        mono = await stack.enter_async_context(walking(it, env={"NO_COLOR": "1"}))
        await people[BEN].press(":")
        await people[BEN].types("theme light\r")
        await people[BEN].guest.sees("light")
        for _ in range(2):  # the second time from what was cached for others
            for me in (*people.values(), mono):
                await edits(me)
                await me.press("shift+down", "escape", "escape", "y", "escape")
        for key, (_, kind) in terms.items():
            assert colors(bytes(people[key].guest.sent)) - {"default"} == {kind}, kind
        assert not colors(bytes(mono.guest.sent)) - {"default"}
        themes = {me.app.theme for me in people.values()}
        assert len(themes) == 2
        assert people[BEN].app.current_theme.dark is False
        assert people[ANNA].app.current_theme.dark is True


class Printing(Counter):
    """Prints for whoever runs it."""

    BINDINGS: ClassVar[list[BindingType]] = [("o", "out", "Print")]

    def action_out(self) -> None:
        sys.stdout.write("printed by a key\n")
        sys.stderr.write("and an error\n")


async def test_what_is_printed_reaches_no_screen_and_survives_who_began_first(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Trap 3: the streams of the process are redirected by each app, and given back in the wrong order."""
    async with house(Known(anna=ANNA, ben=BEN), Printing) as it, it.visited(BEN, term="vt220") as ben:
        async with it.visited(ANNA, term="vt100") as anna:
            await anna.sees("count=0.")
            await ben.sees("count=0.")
            before = sys.stdout
            ben.press("o", "q")
            await ben.leaves()
            anna.press("o")
            mine = it.apps[1]
            assert isinstance(mine, Printing)
            mine.call_later(mine.count, 7)
            await anna.sees("count=7.")
            sys.stdout.write("by the server\n")
            for sent in (anna.sent, ben.sent):
                assert b"printed" not in sent
                assert b"by the server" not in sent
        assert sys.stdout is before
    sys.stdout.write("afterwards\n")
    assert capfd.readouterr().out.endswith("afterwards\n")


@pytest.mark.parametrize("where", ["list", "editor", "logs", "help"])
async def test_who_is_cut_off_is_forgotten_while_others_stay(it: House, where: str) -> None:
    """Trap 5: parsers, caches and streams keep what is dead; and nothing of a text that was edited is left."""
    secret = "kept-in-memory-only"
    async with walking(it, BEN) as ben:
        async with it.connected(ANNA) as connection:
            guest = await sit(connection, size=(100, 30))
            await guest.sees("live")
            app = it.apps[-1]
            assert isinstance(app, KtyApp)
            me = Walker(guest, app)
            if where == "editor":
                await edits(me)
                await me.types(secret)
            elif where != "list":
                await me.press({"logs": "l", "help": "?"}[where])
            gone = weakref.ref(app)
            connection.abort()
            await guest.leaves()
        del me, app, guest, connection
        it.apps[:] = [ben.app]
        await ben.press("j", "k")

        loop = asyncio.get_running_loop()

        def is_gone() -> bool:
            for _ in range(300):  # a loop keeps timers that were cancelled until these are the most
                loop.call_later(1000, int).cancel()
            gc.collect()
            if where == "editor":  # an idle connection remembers who used it last, until it is closed
                return not [each for each in gc.get_objects() if isinstance(each, TextBuffer) and secret in each.text]
            return gone() is None

        await until(is_gone, lambda: "the app being forgotten")
        await ben.guest.sees("live")


async def test_a_crash_of_one_leaves_the_others_their_screens_and_says_nothing_secret(
    it: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Trap 6: a traceback with every local variable would be printed."""
    token = "tok" + "en-of-anna"

    async with walking(it) as anna, walking(it, BEN) as ben:

        def crash(secret: str = token) -> None:
            raise RuntimeError(f"crashed with {len(secret)} characters")

        with caplog.at_level(logging.DEBUG):
            anna.app.call_later(crash)
            assert await anna.guest.leaves() == 1
        assert token not in caplog.text
        assert token.encode() not in anna.guest.sent + anna.guest.errors
        assert left_on(bytes(anna.guest.sent)) == set()
        await ben.press("j")
        await ben.opens("deploy")
        await ben.guest.sees("live")
        assert ben.app.crash is None


async def test_collections_look_at_no_more_than_they_must(it: House) -> None:
    """Trap 7: a full collection with a hundred sessions holds everybody for up to a second."""
    async with walking(it), walking(it, BEN):
        assert gc.isenabled()
        young, middle, old = gc.get_threshold()
        assert 0 < young * middle <= 20_000  # objects, of which 100,000 take 0.2 s
        assert young * middle * old >= 100_000_000  # until a collection of all
        assert gc.get_freeze_count() > 10_000


async def test_no_app_takes_signals_threads_or_the_environment_of_the_process(
    it: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 8: Textual's own driver has handlers and threads for each app, and constants for all of them."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    signals = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)}
    async with walking(it, term="xterm") as anna:
        threads = {thread.name for thread in threading.enumerate()}
        async with walking(it, BEN, term="xterm-256color") as ben:
            assert {number: signal.getsignal(number) for number in signals} == signals
            new = {thread.name for thread in threading.enumerate()} - threads
            assert not [name for name in new if "textual" in name.lower()]
            assert colors(bytes(anna.guest.sent)) - {"default"} == {"16"}
            assert colors(bytes(ben.guest.sent)) - {"default"} == {"256"}
            assert asyncio.get_running_loop().get_task_factory() is None


async def test_a_huge_paste_is_taken_at_once_and_in_order(it: House) -> None:
    """Trap 9: a paste is read character by character, and every move of the pointer is told."""
    lines = "".join(f"line-{number}: {'v' * 80}\n" for number in range(10_000))
    async with walking(it) as anna, walking(it, BEN) as ben:
        editor = await edits(anna)
        before = editor.buffer.text
        anna.guest.channel.write(f"a\x1b[200~{lines}\x1b[201~b".encode())
        await ben.press("j")
        await until(lambda: editor.buffer.text == f"a{lines}b{before}")
        assert b"?1003h" not in anna.guest.sent
        await ben.guest.sees("live")


@pytest.mark.parametrize("where", ["list", "editor"])
async def test_a_storm_of_sizes_ends_in_the_last_one(it: House, where: str) -> None:
    async with walking(it, size=(60, 15)) as anna, walking(it, BEN, size=(100, 20)) as ben:
        if where == "editor":
            await edits(anna)
        for number in range(300):
            anna.guest.channel.change_terminal_size(20 + number % 90, 5 + number % 40)
        anna.guest.resize(60, 15)
        anna.guest.sent.clear()
        anna.guest.resize(61, 15)
        await until(lambda: anna.app.size == (61, 15))
        await anna.guest.sees("esc leave" if where == "editor" else "live")
        assert ben.app.size == (100, 20)
        await ben.guest.sees("live")


async def test_keys_that_come_in_one_packet_go_where_each_one_leads(it: House) -> None:
    """Trap 12: who has the focus is known late; keys behind one that opens something are for what it opens."""
    async with walking(it) as anna, walking(it, BEN) as ben:
        editor = await edits(anna)
        await edits(ben)
        anna.guest.channel.write(b"one\x06kind\rtwo\x1b[27u\x1b[27u")
        ben.guest.channel.write(b"\x07" + b"3\rthree")
        await anna.guest.sees("Throw away")
        assert "twokind: ConfigMap" in editor.buffer.text
        assert editor.buffer.text.startswith("one")
        await ben.guest.sees("threemetadata:")


async def test_who_reads_slowly_is_shown_the_newest_and_holds_up_nobody(it: House, cluster: RiggedDemo) -> None:
    """Trap 10: frames would pile up for a client that does not read."""
    async with walking(it, BEN) as ben, walking(it, window=1 << 14) as anna:
        anna.guest.channel.pause_reading()
        mine: TerminalApp[None] = anna.app
        for number in range(2000):
            await anna._send(b"j" if number % 2 else b"\x1b[6~\x1b[5~")
            if mine._batch_count:
                break
        assert mine._batch_count
        cluster.put("pods", Shop(1e9).pod("aaa-late"))
        await ben.guest.sees("aaa-late")
        anna.guest.channel.resume_reading()
        await until(lambda: not mine._batch_count)
        await anna.press("g")
        await anna.guest.sees("aaa-late")
