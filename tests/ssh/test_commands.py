"""Commands over SSH: what they print, read and exit with, and what ends them."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from kty.commands.words import COMMANDS
from kty.kube.client import Client
from kty.ssh import channel_streams
from tests.rigged.server import RiggedDemo, serving
from tests.ssh.asking import asking, asks
from tests.ssh.house import House, sit, until
from tests.ssh.walker import ANNA, kty_house


@pytest.fixture
async def cluster() -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo(furnished=True)) as server:
        yield server


@pytest.fixture
async def it(cluster: RiggedDemo, tmp_path: Path) -> AsyncIterator[House]:
    async with kty_house(cluster, tmp_path) as house:
        yield house


@pytest.fixture
def pod(cluster: RiggedDemo) -> str:
    return cluster.running()


async def test_tables_documents_and_names(it: House, pod: str) -> None:
    table = await asks(it, "get pods -n shop")
    assert (table.status, table.err) == (0, b"")
    assert table.out.split()[:5] == [b"NAME", b"READY", b"STATUS", b"RESTARTS", b"AGE"]
    assert b"\r" not in table.out
    assert json.loads((await asks(it, f"get pod {pod} -o json")).out)["metadata"]["name"] == pod
    assert (await asks(it, f"get pod/{pod} -o yaml")).out.startswith(b"apiVersion: v1\nkind: Pod\n")
    assert (await asks(it, f"get pod/{pod} -o name")).out == f"pod/{pod}\n".encode()
    assert b"NODE" in (await asks(it, "get pods -A -o wide")).out


async def test_the_other_commands(it: House, pod: str) -> None:
    assert pod.encode() in (await asks(it, f"describe pod/{pod}")).out
    assert (await asks(it, "events -A")).out.startswith(b"NAMESPACE")
    assert b"server" in (await asks(it, "whoami")).out
    assert (await asks(it, f"logs {pod} --tail 2")).out.count(b"\n") == 2
    assert (await asks(it, "logs --help")).out.startswith(b"usage: kty logs ")


async def test_words_are_split_as_a_shell_splits_them(it: House, pod: str) -> None:
    done = await asks(it, f"exec {pod} -n shop -- echo 'a  b' \"c\" d\\ e '*' '$HOME'")
    assert (done.status, done.out) == (0, b"a  b c d e * $HOME\n")
    done = await asks(it, "get 'pods")
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(b"kty: these are no words that a shell would take: no closing quotation")


@pytest.mark.parametrize("line", ["scp -t /tmp", "sh", "", "/usr/lib/openssh/sftp-server", "git-upload-pack 'x'"])
async def test_what_there_is_not_is_told_with_what_there_is(it: House, line: str) -> None:
    async with asking(it, line or " ") as me:
        assert await me.leaves() == 127
        assert me.errors.count(b"\n") == 1
        assert b"there are get, logs, exec, describe, events, whoami" in me.errors
        assert not me.sent


@pytest.mark.parametrize("line", ["help", "help help", "--help", "-h"])
@pytest.mark.parametrize("term", ["", "xterm"])
async def test_help_prints_what_there_is(it: House, line: str, term: str) -> None:
    async with asking(it, line, term=term) as me:
        assert (await me.leaves(), bytes(me.errors)) == (0, b"")
        end = b"\r\n" if term else b"\n"
        assert [text.split(b" ")[0] for text in bytes(me.sent).split(end)[:6]] == [name.encode() for name in COMMANDS]
        assert b"get       Print objects: as a table" in me.sent


async def test_help_of_a_command_is_its_own(it: House) -> None:
    done = await asks(it, "help logs")
    assert (done.status, done.err) == (0, b"")
    assert done.out == (await asks(it, "logs --help")).out
    assert (await asks(it, "help bogus")).status == 127


async def test_a_kind_that_there_is_not_is_told_in_words_that_hold_over_ssh(it: House) -> None:
    done = await asks(it, "get bogus")
    assert done.status == 1
    assert done.err.endswith(b"the server has no kind 'bogus': `:kinds` on kty's screens lists what there is\n")


async def test_another_subsystem_is_no_matter_of_files(it: House) -> None:
    async with it.connected(ANNA) as connection:
        me = await sit(connection, term="", subsystem="netconf")
        assert await me.leaves() == 127
        assert me.errors.startswith(b"kty: there is no subsystem 'netconf': there are get, logs,")


async def test_no_files_are_copied(it: House) -> None:
    async with it.connected(ANNA) as connection:
        me = await sit(connection, term="", subsystem="sftp")
        assert await me.leaves() == 127
        assert b"there is no sftp, so no files are copied: there are get, logs," in me.errors


@pytest.mark.parametrize(
    "option", ["--context other", "--kubeconfig /etc/passwd", "--demo", "--context=other", "--cont x"]
)
async def test_no_words_choose_another_cluster(it: House, option: str) -> None:
    for line in (f"get pods {option}", f"{option} get pods", f"whoami {option}", f"logs {option} x"):
        done = await asks(it, line)
        assert (done.status, done.out) in ((2, b""), (127, b"")), line


async def test_a_program_reads_and_exits_as_it_does(it: House, pod: str) -> None:
    data = bytes(range(256)) * 4000
    done = await asks(it, f"exec -i shop/{pod} -- cat", typed=data)
    assert (done.status, done.out, done.err) == (0, data, b"")
    done = await asks(it, f"exec shop/{pod} -- sh -c 'echo a; echo b >&2; exit 3'")
    assert (done.status, done.out, done.err) == (3, b"a\n", b"b\n")
    done = await asks(it, f"exec -it shop/{pod} -- echo hi")
    assert (done.status, done.out) == (0, b"hi\n")
    assert b"no terminal at both ends" in done.err


async def test_a_terminal_gets_lines_as_it_wants_them(it: House, pod: str) -> None:
    done = await asks(it, f"get pod/{pod} -o name", term="xterm")
    assert done.out == f"pod/{pod}\r\n".encode()
    done = await asks(it, "get pods nowhere", term="xterm")
    assert done.err.endswith(b"\r\n")
    assert done.err.count(b"\n") == done.err.count(b"\r\n") == 1


async def test_a_shell_on_a_terminal(it: House, pod: str) -> None:
    async with asking(it, f"exec -it shop/{pod}", term="xterm-256color") as me:
        await until(lambda: me.sent.rstrip().endswith((b"#", b"$")), lambda: f"a prompt: {me.sent!r}")
        me.channel.write(b"stty size; echo $TERM\r")
        await until(lambda: b"24 80\r\n" in me.sent and b"xterm-256color\r\n" in me.sent)
        me.resize(101, 31)
        me.channel.write(b"sleep 0.5; stty size\r")
        await until(lambda: b"31 101\r\n" in me.sent, lambda: f"the new size: {me.sent!r}")
        me.channel.write(b"\x03exit 4\r")  # ctrl-c is the shell's
        assert await me.leaves() == 4


@pytest.mark.parametrize("by", ["/", "+"])
async def test_a_name_leads_into_a_container(it: House, pod: str, by: str) -> None:
    where = f"shop{by}{pod}"
    done = await asks(it, "printf 'a\\nb' | wc -l; exit 5", username=where)
    assert (done.status, done.out.split()) == (5, [b"1"])
    done = await asks(it, "cat", username=where, typed=b"through\n")
    assert (done.status, done.out) == (0, b"through\n")
    done = await asks(it, None, username=where, typed=b"echo from-$((6*7)); exit 6\n")
    assert (done.status, done.out) == (6, b"from-42\n")
    done = await asks(it, "tty; echo $TERM", username=where, term="vt100")
    assert done.out.endswith(b"vt100\r\n")
    async with asking(it, None, username=where, term="xterm") as me:
        await until(lambda: me.sent.rstrip().endswith((b"#", b"$")))
        me.channel.write(b"exit 7\r")
        assert await me.leaves() == 7


async def test_a_name_leads_into_one_of_several_containers(it: House, cluster: RiggedDemo) -> None:
    done = await asks(it, "echo $HOSTNAME", username=f"shop/{cluster.running()}/nowhere")
    assert done.status == 1
    assert b"nowhere" in done.err
    found = [each for each in cluster._demo.registry.list("pods") if len(each["spec"]["containers"]) > 1]
    one = next(each for each in found if each["metadata"]["namespace"] == "shop")
    name = one["spec"]["containers"][-1]["name"]
    done = await asks(it, "echo here", username=f"shop+{one['metadata']['name']}+{name}")
    assert (done.status, done.out) == (0, b"here\n")


async def test_names_that_lead_nowhere(it: House) -> None:
    for username in ("shop/", "a/b/c/d", "Shop/web", "/etc", "-x/y"):
        done = await asks(it, None, username=username)
        assert (done.status, done.out) == (2, b""), username
        assert b"names no container" in done.err
    done = await asks(it, "true", username="shop/nothing-of-that-name")
    assert done.status == 1
    assert b"nothing-of-that-name" in done.err
    assert (await asks(it, "whoami", username="CORP+anna")).status == 0  # somebody's account


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP"])
async def test_a_signal_ends_a_command(it: House, name: str) -> None:
    async with asking(it, "get pods -A -w") as me:
        await until(lambda: b"cart-" in me.sent)
        me.channel.send_signal("USR1")
        me.channel.send_signal(name)
        assert await me.leaves() == 128 + signal.Signals[f"SIG{name}"]
        assert not me.errors


async def test_ctrl_c_on_a_terminal_interrupts(it: House) -> None:
    async with asking(it, "get pods -A -w", term="xterm") as me:
        await until(lambda: b"cart-" in me.sent)
        me.channel.write(b"\r\x03")
        assert await me.leaves() == 130
        assert me.sent.endswith(b"\r\n^C")


async def test_a_program_reads_lines_from_a_terminal_that_it_does_not_get(it: House, pod: str) -> None:
    async with asking(it, f"exec -i shop/{pod} -- cat", term="xterm") as me:
        me.channel.write("helä\x7flo\r".encode())
        await until(lambda: b"hel\xc3\xa4\b \blo\r\nhello\r\n" in me.sent, lambda: f"{me.sent!r}")
        me.channel.write(b"\x04")
        assert await me.leaves() == 0


async def test_who_goes_away_ends_what_they_asked_for(it: House, cluster: RiggedDemo, pod: str) -> None:
    before = len(asyncio.all_tasks())
    for line in ("get pods -A -w", f"logs -f {pod}", f"exec -i shop/{pod} -- cat", f"exec -i shop/{pod} -- sleep 999"):
        for how in ("channel", "abort"):
            async with asking(it, line) as me:
                if not line.startswith("exec"):
                    await until(lambda: me.sent)
                if how == "channel":
                    me.channel.close()
                else:
                    me.channel.get_connection().abort()
            await until(lambda: not it.server._connections)
    await until(lambda: len(asyncio.all_tasks()) <= before + 4, lambda: f"{asyncio.all_tasks()}")


async def test_who_goes_away_while_nothing_is_read_is_missed(it: House) -> None:
    async with it.connected(ANNA) as connection:
        me = await sit(connection, command="get pods -A -w", term="")
        for _ in range(80):
            me.channel.write(b"x" * 100_000)
        (mine,) = it.server._connections
        (session,) = mine.sessions
        await until(lambda: session._channel._recv_paused is True)
        assert me.channel.get_write_buffer_size() > 2_000_000
        me.channel.abort()  # a ControlMaster does so for a client that was killed
        await until(lambda: not mine.sessions)


async def test_who_reads_nothing_costs_little_and_gets_all_in_the_end(it: House, pod: str) -> None:
    async with it.connected(ANNA) as connection:
        me = await sit(connection, command=f"exec shop/{pod} -- seq 1 300000", term="", window=1 << 16)
        await until(lambda: me.sent)
        me.channel.pause_reading()
        (mine,) = it.server._connections
        (session,) = mine.sessions
        await until(lambda: session._pauses)
        assert session._channel.get_write_buffer_size() < 4 * channel_streams.MOST_TYPED
        me.channel.resume_reading()
        assert await me.leaves() == 0
        assert me.sent == b"".join(b"%d\n" % number for number in range(1, 300_001))


async def test_logs_that_are_followed_come_as_they_are_written(it: House, pod: str) -> None:
    async with asking(it, f"logs -f {pod} --tail 1") as me:
        await until(lambda: me.sent.count(b"\n") > 2)
        me.channel.send_signal("INT")
        assert await me.leaves() == 130


async def test_a_key_without_a_terminal_may_run_commands(cluster: RiggedDemo, tmp_path: Path, pod: str) -> None:
    async with kty_house(cluster, tmp_path, denied=frozenset({"pty"})) as it:
        async with it.connected(ANNA) as connection:
            with pytest.raises(asyncssh.ChannelOpenError, match="PTY"):
                await sit(connection, command=f"exec -it shop/{pod}")
        done = await asks(it, "cat", username=f"shop/{pod}", typed=b"x")
        assert (done.status, done.out) == (0, b"x")


async def test_where_nothing_may_be_changed_no_program_runs(cluster: RiggedDemo, tmp_path: Path, pod: str) -> None:
    async with kty_house(cluster, tmp_path, readonly=True) as it:
        for line, username in ((f"exec shop/{pod} -- true", "me"), (None, f"shop/{pod}"), ("true", f"shop+{pod}")):
            done = await asks(it, line, username=username)
            assert (done.status, done.err) == (1, b"kty: kty was started read-only: it runs no programs\n")
        assert (await asks(it, "get pods -o name")).status == 0


async def test_ones_own_settings_hold_for_commands(it: House, tmp_path: Path, pod: str) -> None:
    own = tmp_path / "people/anna/config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("readonly: true\n")
    assert (await asks(it, "true", username=f"shop/{pod}")).status == 1
    own.write_text("nonsense: 1\n")
    done = await asks(it, "whoami")
    assert done.status == 1
    assert b"there is no setting 'nonsense'" in done.err


async def test_what_the_server_has_is_told_once(it: House, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, bool]] = []
    revalidate = Client.revalidate

    async def hears(self: Client, path: str, **more: Any) -> Any:
        answer = await revalidate(self, path, **more)
        told.append((path, answer is not None))
        return answer

    monkeypatch.setattr(Client, "revalidate", hears)
    assert (await asks(it, "get leases -A")).status == 0
    assert sorted(told) == [("/api", True), ("/apis", True)]
    told.clear()
    assert (await asks(it, "get lease -A")).status == 0
    assert sorted(told) == [("/api", False), ("/apis", False)]  # nothing is new


async def test_two_commands_and_a_screen_on_one_connection(it: House, pod: str) -> None:
    async with it.connected(ANNA) as connection:
        screen = await sit(connection, size=(100, 20))
        follows = await sit(connection, command="get pods -A -w", term="")
        await until(lambda: b"cart-" in follows.sent)
        names = await sit(connection, command="get pods -o name", term="")
        assert await names.leaves() == 0
        assert f"pod/{pod}\n".encode() in names.sent
        await screen.sees("live")
        follows.channel.close()
        screen.press("ctrl+c")
        assert await screen.leaves() == 0


async def test_who_is_seen_out_is_told_why(it: House) -> None:
    async with asking(it, "get pods -A -w") as me:
        await until(lambda: b"cart-" in me.sent)
        draining = asyncio.ensure_future(it.server.drain())
        await until(lambda: b"kty: This server is ending: it closes your session in" in me.errors)
        await asyncio.gather(*(each.leave("this server ended") for each in it.server._connections))
        assert await me.leaves() == 143
        assert me.errors.endswith(b"kty: this server ended\n")
        await draining


async def test_what_prints_is_not_idle(cluster: RiggedDemo, tmp_path: Path, pod: str) -> None:
    async with kty_house(cluster, tmp_path, idle=1.0) as it:
        async with asking(
            it, f"exec shop/{pod} -- sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 0.2; echo $i; done'"
        ) as me:
            assert await me.leaves() == 0
            assert me.sent.split()[-1] == b"8"
        async with asking(it, f"exec shop/{pod} -- sleep 99") as me:
            assert await me.leaves() == 143
            assert me.errors == b"kty: nothing was sent or printed for 1 s\n"
