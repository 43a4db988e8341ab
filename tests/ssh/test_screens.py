"""An app over an SSH channel: what a person types and sees, and what stays one person's alone."""

import asyncio
import gc
import weakref
from typing import Any

import asyncssh
import pytest
from textual.widgets import Static

from kty.errors import ConfigError
from kty.ssh.login import Identity
from kty.ssh.remote_screen import RemoteScreen
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from tests.ssh.house import Known, house, new_key, sit, until
from tests.term.apps import Colorful, Counter, Echo, Line
from tests.term.emulator import colors, left_on

ANNA, BEN = new_key(), new_key()
PEOPLE = Known(anna=ANNA, ben=BEN)


async def test_keys_mouse_paste_and_size_arrive() -> None:
    async with house(PEOPLE) as it, it.visited(ANNA, size=(60, 15)) as me:
        await me.sees("size=60x15.")
        me.press("up")
        await me.sees("key=up None.")
        me.channel.write("ä".encode()[:1])
        me.channel.write("ä".encode()[1:])
        await me.sees("'ä'.")
        me.channel.write(b"\x1b[<0;4;3M\x1b[<0;4;3m")
        await me.sees("click=3,2.")
        me.channel.write(b"\x1b[200~pasted text\x1b[201~")
        await me.sees("paste=11 'pasted text'.")
        me.resize(100, 30)
        await me.sees("size=100x30.")
        me.channel.change_terminal_size(0, 7)
        me.press("escape")
        await me.sees("key=escape", "size=100x30.")


async def test_a_terminal_without_a_size_gets_a_usual_one() -> None:
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:
        _, guest = await connection.create_session(
            asyncssh.SSHClientSession, term_type="xterm", term_size=(0, 0), encoding=None
        )
        del guest
        await until(lambda: it.apps and it.apps[0].size == (80, 24))


async def test_two_people_at_once_have_each_their_own() -> None:
    async with house(PEOPLE) as it, it.visited(ANNA) as anna, it.visited(BEN, size=(100, 20)) as ben:
        await anna.sees("size=80x24.")
        await ben.sees("size=100x20.")
        anna.press("a")
        ben.press("b")
        await anna.sees("'a'.")
        await ben.sees("'b'.")
        assert "'b'" not in anna.screen
        assert "'a'" not in ben.screen


async def test_two_sessions_of_one_connection_are_two_apps() -> None:
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:
        first, second = await sit(connection), await sit(connection)
        first.press("x")
        await first.sees("'x'.")
        await second.sees("no key yet")


async def test_each_terminal_gets_the_colors_that_it_has() -> None:
    wanted = {"xterm-direct": "truecolor", "xterm-256color": "256", "xterm": "16"}
    async with house(PEOPLE, Colorful) as it, it.connected(ANNA) as connection:
        guests = {term: await sit(connection, term=term) for term in wanted}
        told = await sit(connection, term="xterm", env={"COLORTERM": "truecolor"})
        mono = await sit(connection, term="xterm", env={"NO_COLOR": "1"})
        for guest in (*guests.values(), told, mono):
            await guest.sees("third")
            guest.press("down")
        await asyncio.gather(*(guest.sees("title green") for guest in guests.values()))
        for term, kind in wanted.items():
            assert colors(bytes(guests[term].sent)) - {"default"} == {kind}, term
        assert "truecolor" in colors(bytes(told.sent))
        assert not colors(bytes(mono.sent)) - {"default"}


@pytest.mark.parametrize("term", ["x" * 1000, "vt100\x1b]0;title\x07"])
async def test_a_terminal_that_lies_about_its_name_gets_a_screen(term: str) -> None:
    async with house(PEOPLE) as it, it.visited(ANNA, term=term) as me:
        await me.sees("no key yet")
        assert it.apps[0].terminal.name == ""
        assert b"title" not in me.sent


async def test_the_terminal_is_whole_at_the_end() -> None:
    async with house(PEOPLE, Counter) as it, it.visited(ANNA) as me:
        await me.sees("count=0.")
        assert left_on(bytes(me.sent))
        me.press("q")
        assert await me.leaves() == 0
        assert left_on(bytes(me.sent)) == set()
        assert not me.errors


async def test_a_crash_is_one_persons_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with house(PEOPLE, Counter) as it, it.visited(ANNA) as anna, it.visited(BEN) as ben:
        await anna.sees("count=0.")
        await ben.sees("count=0.")
        anna.press("c")
        assert await anna.leaves() == 1
        assert left_on(bytes(anna.sent)) == set()
        assert b"something went wrong inside (RuntimeError)" in anna.errors
        assert b"Traceback" not in anna.errors
        assert "crashed with 11 characters" in caplog.text
        assert "secrettoken" not in caplog.text
        it.apps[1].call_later(it.apps[1].query_one("#count", Static).update, "count=5.")
        await ben.sees("count=5.")


class Unwilling:
    def __call__(self, terminal: Terminal, identity: Identity) -> TerminalApp[Any]:
        raise ConfigError(f"there is no screen for {identity.name}", hint="ask\x1b[2J")


async def test_what_cannot_be_made_is_told_in_a_sentence() -> None:
    async with house(PEOPLE, Unwilling()) as it, it.visited(BEN) as me:
        assert await me.leaves() == 1
        assert bytes(me.errors) == b"kty: there is no screen for ben: ask\\x1b[2J\r\n"


async def test_where_there_is_no_cluster_for_commands_that_is_said() -> None:
    async with house(PEOPLE) as it, it.visited(ANNA, term="", command="get pods") as me:
        assert await me.leaves() == 1
        assert bytes(me.errors) == b"kty: there is no cluster here\n"
        assert not it.apps


async def test_without_a_terminal_there_is_a_sentence_instead_of_screens() -> None:
    async with house(PEOPLE) as it, it.visited(ANNA, term="") as me:
        assert await me.leaves() == 1
        assert b"ssh -t asks for one" in me.errors


async def test_a_key_that_may_have_no_terminal_gets_none() -> None:
    people = Known(anna=ANNA)
    people.denied = frozenset({"pty"})
    async with house(people) as it, it.connected(ANNA) as connection:
        with pytest.raises(asyncssh.ChannelOpenError, match="PTY"):
            await sit(connection)


async def test_no_other_doors_are_open() -> None:
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:
        with pytest.raises(asyncssh.ChannelOpenError, match="forwards no connections"):
            await connection.open_connection("127.0.0.1", 22)
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("", 0, "127.0.0.1", 22)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_unix_connection("/tmp/none")
        with pytest.raises(asyncssh.SFTPError):
            await connection.start_sftp_client()


class Gone(Echo):
    """Tells when it is unmounted."""

    unmounted = 0

    def on_unmount(self) -> None:
        type(self).unmounted += 1


async def test_who_ends_it_before_there_is_an_app_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ssh -tt host </dev/null`: the end of the input comes with the request for a shell."""
    has_ended = asyncio.Event()
    run, input_ended = RemoteScreen.run, RemoteScreen.input_ended

    async def run_later(self: RemoteScreen) -> Any:
        await has_ended.wait()
        return await run(self)

    def note(self: RemoteScreen) -> None:
        input_ended(self)
        has_ended.set()

    monkeypatch.setattr(RemoteScreen, "run", run_later)
    monkeypatch.setattr(RemoteScreen, "input_ended", note)
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:
        me = await sit(connection)
        me.channel.write_eof()
        assert await me.leaves() == 0
        assert not it.apps


@pytest.mark.parametrize("how", ["disconnect", "abort", "channel", "eof"])
async def test_who_goes_away_leaves_nothing_behind(how: str) -> None:
    Gone.unmounted = 0
    async with house(PEOPLE, Gone) as it:
        await asyncio.sleep(0)
        before = len(asyncio.all_tasks())
        async with it.connected(ANNA) as connection:
            me = await sit(connection)
            await me.sees("no key yet")
            match how:
                case "disconnect":
                    connection.close()
                case "abort":
                    connection.abort()
                case "channel":
                    me.channel.close()
                case "eof":
                    me.channel.write_eof()
            await me.leaves()
            await until(lambda: Gone.unmounted == 1)
        app = weakref.ref(it.apps.pop())
        del me, connection
        await until(lambda: len(asyncio.all_tasks()) <= before)

        def is_gone() -> bool:
            gc.collect()
            return app() is None

        await until(is_gone, lambda: "the app being forgotten")


class Painter(TerminalApp[None]):
    """Paints all of its screen again and again."""

    CSS = "#count { height: 1fr; }"
    painted = 0

    def compose(self) -> Any:
        yield Line("painted=0.", id="count")

    def on_mount(self) -> None:
        self.set_interval(0.01, self.paint)

    def paint(self) -> None:
        self.painted += 1
        line = self.query_one("#count", Line)
        line.styles.background = "red" if self.painted % 2 else "blue"
        line.update(f"{'filling ' * 200}painted={self.painted}.")


async def test_a_slow_client_costs_no_memory_and_sees_the_newest_in_the_end() -> None:
    async with house(PEOPLE, Painter) as it, it.visited(ANNA, window=1 << 16) as slow, it.visited(BEN) as quick:
        await slow.sees("painted=")
        slow.channel.pause_reading()
        mine = it.apps[0]
        assert isinstance(mine, Painter)
        await until(lambda: mine._batch_count)
        reached = mine.painted
        await until(lambda: mine.painted > reached + 30)
        await quick.sees("painted=")
        slow.channel.resume_reading()
        await until(lambda: not mine._batch_count)
        await slow.sees(f"painted={str(mine.painted)[0]}")


class Hanging(Echo):
    def on_unmount(self) -> None:
        self.heard.append("unmounting")

    async def key_h(self) -> None:
        await asyncio.Event().wait()


async def test_an_app_that_hangs_is_ended_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kty.ssh.remote_screen.LAST_WORDS", 0.1)
    async with house(PEOPLE, Hanging) as it:
        async with it.visited(ANNA) as me:
            await me.sees("no key yet")
            me.press("h")
        await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name().startswith("Hanging on")])


async def test_keys_that_nobody_takes_are_left_with_the_client() -> None:
    async with house(PEOPLE, Hanging) as it, it.visited(ANNA) as me, it.visited(BEN) as other:
        await me.sees("no key yet")
        me.press("h")
        for _ in range(20):
            me.channel.write(b"x" * 100_000)
        waiting = me.channel.get_write_buffer_size
        mine = next(iter(each for each in it.server._connections if each.identity.name == "anna"))
        (session,) = mine.sessions
        part = session._part
        assert isinstance(part, RemoteScreen)
        await until(lambda: not part._is_reading or waiting() < 100_000)
        assert not part._is_reading
        other.press("y")
        await other.sees("'y'.")
        assert waiting() > 1_500_000
        assert it.apps[0].message_queue_size < 300_000


async def test_a_slow_client_that_goes_away_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kty.ssh.remote_screen.LAST_WORDS", 20.0)  # it ends by itself
    async with house(PEOPLE, Painter) as it, it.connected(ANNA) as connection:
        me = await sit(connection, window=1 << 14)
        await me.sees("painted=")
        me.channel.pause_reading()
        await until(lambda: it.apps[0]._batch_count)
        connection.abort()
        await until(lambda: not it.apps[0].is_running)
        assert it.apps[0].crash is None
