"""`kty serve`, as it is typed, and OpenSSH."""

import re
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kty import serve as joined
from kty.errors import ConfigError
from tests.rigged.server import RiggedDemo, serving
from tests.running import Home
from tests.ssh.house import until
from tests.ssh.serving import HAS_OPENSSH, make_key, served

pytestmark = HAS_OPENSSH


@pytest.fixture
async def cluster() -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo()) as server:
        for name in ("web-1", "web-2"):
            server.put("pods", {"metadata": {"name": name, "namespace": "default"}})
        yield server


@pytest.fixture
def known(home: Home, cluster: RiggedDemo) -> Home:
    home.knows(cluster.url)
    make_key(home)
    return home


async def test_it_says_what_it_serves_and_how_one_comes_in(known: Home) -> None:
    async with served(known) as it:
        port = it.port
        key = known.path / ".local/state/kty/serve/ssh_host_ed25519_key"
        assert it.said[0] == (
            f"kty serves dev as anna on 127.0.0.1:{port}, to 1 key of {known.path}/.ssh/authorized_keys"
        )
        assert re.fullmatch(rf"host key SHA256:[\w+/]{{43}} \({re.escape(str(key))}\)", it.said[1])
        assert re.fullmatch(rf"known_hosts: \[127\.0\.0\.1\]:{port} ssh-ed25519 [\w+/=]+", it.said[2])
        assert it.said[3:] == [f"ssh -p {port} 127.0.0.1"]
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.parent.stat().st_mode & 0o777 == 0o700
        assert not it.log


async def test_openssh_shows_the_screens_and_leaves_the_terminal_whole(known: Home) -> None:
    async with served(known) as it, it.sits(size=(60, 15)) as me:
        me.look()
        await me.sees("web-1")
        me.type(b"/web-2\r")
        await me.sees("web-2")
        await me.until(lambda: "web-1" not in me.screen)
        me.resize(100, 30)
        await me.sees("web-2")
        me.type(b"\x03")
        assert await me.ends() == 0
        assert not me.left_behind
        assert b"anna@desk SHA256:" in it.log
        assert b"logged in from 127.0.0.1" in it.log


async def test_two_people_at_once_and_one_is_cut_off(known: Home) -> None:
    async with served(known) as it, it.sits(size=(120, 20)) as anna, it.sits(size=(80, 24)) as ben:
        anna.look()
        ben.look()
        await anna.sees("web-1")
        await ben.sees("web-1")
        anna.process.kill()
        ben.type(b"/web-2\r")
        await ben.until(lambda: "web-1" not in ben.screen)
        ben.type(b"\x03")
        assert await ben.ends() == 0


async def test_a_key_that_is_not_there_is_refused_until_it_is(known: Home) -> None:
    async with served(known) as it:
        authorized = known.path / ".ssh/authorized_keys"
        mine = authorized.read_text()
        authorized.write_text("# nobody\n")
        status, _, errors = await it.runs()
        assert status == 255
        assert b"Permission denied (publickey)" in errors
        authorized.write_text(f'command="sh" {mine}')
        assert (await it.runs())[0] == 255
        await until(lambda: b"the option command is not known here" in it.log)
        authorized.write_text(mine)
        assert (await it.runs())[0] == 1  # in, and told that there is no terminal


async def test_no_connections_are_forwarded(known: Home) -> None:
    async with served(known) as it:
        status, _, errors = await it.runs(options=("-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:localhost:1"))
        assert status == 255
        assert b"remote port forwarding failed" in errors


async def test_it_is_known_again_after_it_was_away(known: Home) -> None:
    async with served(known) as it:
        told = it.said[1]
    async with served(known) as it:
        assert it.said[1] == told


async def test_asked_to_end_it_waits_for_those_who_are_there(known: Home) -> None:
    async with served(known) as it, it.sits(size=(100, 20)) as me:
        me.look()
        await me.sees("web-1")
        it.asks_it_to_end()
        await me.sees("This server is ending")
        assert (await it.runs())[0] == 255  # nobody new
        me.type(b"\x03")
        assert await me.ends() == 0
        assert await it.ends() == 0
        assert not me.left_behind


@pytest.mark.skipif(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, reason="these tests outlive their terminal")
async def test_where_its_terminal_goes_it_waits_for_those_who_are_there_too(known: Home) -> None:
    async with served(known) as it, it.sits(size=(100, 20)) as me:
        me.look()
        await me.sees("web-1")
        it.process.send_signal(signal.SIGHUP)
        await me.sees("This server is ending")
        me.type(b"\x03")
        assert await me.ends() == 0
        assert await it.ends() == 0


async def test_asked_twice_it_ends_at_once_and_leaves_terminals_whole(known: Home) -> None:
    async with served(known) as it, it.sits(size=(100, 20)) as me:
        me.look()
        await me.sees("web-1")
        it.asks_it_to_end()
        await me.sees("This server is ending")
        it.asks_it_to_end()
        assert await it.ends() == 0
        await me.ends()
        assert not me.left_behind
        assert b"kty: this server ended" in me.sent


async def test_what_one_key_remembers_is_below_the_state_directory_of_the_server(known: Home) -> None:
    async with served(known) as it, it.sits(size=(100, 20)) as me:
        me.look()
        await me.sees("web-1")
        me.type(b":ns default\r")
        people = known.path / ".local/state/kty/serve/people"
        await me.until(lambda: [*people.glob("*/state.json")])
        (state,) = people.glob("*/state.json")
        assert state.stat().st_mode & 0o777 == 0o600
        assert state.parent.stat().st_mode & 0o777 == 0o700
        assert not known.state.exists()
        me.type(b"\x03")
        await me.ends()


async def test_everybodys_own_settings_go_before_the_servers(known: Home) -> None:
    known.write(known.config, "readonly: true\n")
    async with served(known) as it:
        async with it.sits(size=(100, 20)) as me:
            me.look()
            await me.sees("web-1")
            me.type(b"\x04")
            await me.sees("read-only")
            me.type(b":ns default\r")
            people = known.path / ".local/state/kty/serve/people"
            await me.until(lambda: [*people.glob("*/state.json")])
            me.type(b"\x03")
            await me.ends()
        (state,) = people.glob("*/state.json")
        state.with_name("config.yaml").write_text("nonsense: 1\n")
        async with it.sits(size=(100, 20)) as me:
            me.look()
            assert await me.ends() == 1
            assert b"there is no setting 'nonsense'" in me.sent


def test_an_address_for_others_comes_with_a_warning(known: Home) -> None:
    done = known.run("serve", "--as-me", "--address", "0.0.0.0", "--ssh-port", "0", "--check")
    assert done.returncode == 0
    assert done.stdout.startswith("kty would serve dev as anna on 0.0.0.0 port 0, to 1 key of ")
    assert done.stderr == ("kty: whoever reaches 0.0.0.0 port 0 with one of these keys acts as you on the cluster\n")


def test_a_check_sees_that_one_port_cannot_have_two_uses(known: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    for check in (["--check"], []):
        done = known.run("serve", "--as-me", "--ssh-port", port, "--http-port", port, *check)
        assert done.returncode == 1
        assert f"127.0.0.1 port {port} cannot be listened on: address already in use" in done.stderr


async def test_whoever_listens_to_all_is_told_who_may_come(known: Home) -> None:
    async with served(known, "--address", "0.0.0.0") as it:
        assert b"acts as you on the cluster" in it.log
        assert "127.0.0.1" not in it.said[-1]


async def test_the_public_address_is_the_one_that_people_are_told(known: Home) -> None:
    file = known.write(known.path / "serve.yaml", "public-address: kty.example.com\n")
    async with served(known, "--config", str(file)) as it:
        (port,) = re.findall(r" on 127\.0\.0\.1:(\d+), to ", it.said[0])
        assert int(port) > 0
        assert it.said[2].startswith(f"known_hosts: [kty.example.com]:{port} ssh-ed25519 ")
        assert it.said[3] == f"ssh -p {port} kty.example.com"
    async with served(known, "--config", str(file), "--public-address", "[2001:db8::1]:22") as it:
        assert it.said[2].startswith("known_hosts: 2001:db8::1 ssh-ed25519 ")
        assert it.said[3] == "ssh 2001:db8::1"


def test_a_check_says_what_is_there_and_makes_nothing(known: Home) -> None:
    done = known.run("serve", "--as-me", "--check", "--ssh-port", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1] == (
        f"the host key {known.path}/.local/state/kty/serve/ssh_host_ed25519_key is still to be made"
    )
    assert not (known.path / ".local").exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--audit-log", "/nonexistent/a"), "/nonexistent/a cannot be written: no such file or directory"),
        (("--audit-log", "/"), "/ cannot be written: is a directory"),
        (("--audit-log", "/dev/null/a"), "/dev/null/a cannot be written: not a directory"),
        (("--audit-log", "/proc/a"), "/proc/a cannot be written: "),
        (("--host-key", "/proc/h"), "the host key /proc/h cannot be made: "),
        (("--host-key", "/dev/null/x/h"), "the host key /dev/null/x/h cannot be made: not a directory"),
        (("--host-key", "~/leads-nowhere/h"), "leads-nowhere/h cannot be made: "),
        (("--host-key", "~/leads-nowhere"), "leads-nowhere cannot be made: no such file or directory"),
    ],
)
def test_a_check_fails_where_the_server_could_not_write(known: Home, options: tuple[str, str], why: str) -> None:
    (known.path / "leads-nowhere").symlink_to("nowhere")
    words = [word.replace("~", str(known.path)) for word in options]
    for check in (["--check"], []):
        done = known.run("serve", "--as-me", "--ssh-port", "0", *words, *check)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1
        assert not check or why in done.stderr
    assert not (known.path / "nowhere").exists()


def test_a_check_leaves_a_log_as_it_is_and_begins_none(known: Home) -> None:
    log = known.write(known.path / "audit", "before\n")
    log.chmod(0o640)
    for path in (log, known.path / "another"):
        done = known.run("serve", "--as-me", "--check", "--ssh-port", "0", "--audit-log", str(path))
        assert (done.returncode, done.stderr) == (0, "")
    assert (log.read_text(), log.stat().st_mode & 0o777) == ("before\n", 0o640)
    assert not (known.path / "another").exists()
    assert known.run("serve", "--as-me", "--check", "--ssh-port", "0", "--audit-log", "-").returncode == 0


def test_a_file_says_what_options_say_and_options_go_first(known: Home) -> None:
    known.write(known.path / "etc/keys", (known.path / ".ssh/authorized_keys").read_text())
    file = known.write(
        known.path / "etc/serve.yaml",
        "as-me: true\nauthorized-keys: keys\nhost-key: host\naddress: 127.0.0.2\nssh-port: 0\nlimits: {channels: 2}\n",
    )
    done = known.run("serve", "--config", str(file), "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "on 127.0.0.2 port 0" in done.stdout
    assert f"the host key {known.path}/etc/host is still to be made" in done.stdout
    done = known.run("serve", "--config", str(file), "--check", "--address", "127.0.0.1")
    assert "on 127.0.0.1 port 0" in done.stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("limits: {channels: 0}", ", line 1: limits.channels wants a whole number of at least 1, not `0`"),
        ("public-address: -oProxyCommand=x", "public-address: -oProxyCommand=x is no HOST, and no HOST:PORT"),
        ("a: [", ", line 2: expected the node content"),
    ],
)
def test_what_is_wrong_with_the_file_is_a_sentence(known: Home, content: str, why: str) -> None:
    file = known.write(known.path / "serve.yaml", f"{content}\n")
    done = known.run("serve", "--as-me", "--config", str(file))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"kty: {file}" in done.stderr
    assert why in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        ((), 2, "kty serve wants to be told as whom people act: --as-me"),
        (("--as-me", "--ssh-port", "99999"), 2, "--ssh-port 99999 is no port"),
        (("--as-me", "--ssh-port", "x"), 2, "--ssh-port x is no port"),
        (("--as-me", "--public-address", "kty:0"), 2, "--public-address: 0 is no port"),
        (("--as-me", "more"), 2, "unrecognized arguments: more"),
        (("--as-me", "--context", "nowhere"), 1, "nowhere"),
        (("--as-me", "--authorized-keys", "/nowhere/keys"), 1, "/nowhere/keys cannot be read"),
        (("--as-me", "--config", "/nowhere/file"), 1, "/nowhere/file cannot be read"),
        (("--as-me", "--address", "no.such.invalid"), 1, "the address no.such.invalid is none"),
        (("--as-me", "--address", "192.0.2.1"), 1, "192.0.2.1 port 2222 cannot be listened on"),
        (("--as-me", "--host-key", "/proc/nowhere/key"), 1, "the host key /proc/nowhere/key cannot be made"),
    ],
)
def test_what_cannot_be_is_a_sentence(known: Home, arguments: tuple[str, ...], status: int, why: str) -> None:
    done = known.run("serve", *arguments)
    assert done.returncode == status
    assert done.stdout == ""
    assert done.stderr.startswith("kty: ")
    assert done.stderr.count("\n") == 1
    assert why in done.stderr


def test_a_file_without_a_key_serves_nobody(known: Home) -> None:
    known.write(known.path / ".ssh/authorized_keys", "# nobody\n")
    done = known.run("serve", "--as-me")
    assert done.returncode == 1
    assert "has no key that may come in" in done.stderr


def test_beside_an_account_of_a_pod_it_does_not_start(
    known: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in known.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("kty.kube.config.SERVICE_ACCOUNT", tmp_path)
    known.write(tmp_path / "token", "s3cret")
    with pytest.raises(ConfigError, match="everybody who logs in would be that account") as refused:
        joined.serve(["--as-me", "--check", "--ssh-port", "0"])
    assert "s3cret" not in refused.value.sentence()


def test_help_loads_nothing_heavy(home: Home) -> None:
    done = home.run("serve", "--help")
    assert done.returncode == 0
    for word in ("--as-me", "--authorized-keys", "--address", "--ssh-port", "--host-key", "--config", "--check"):
        assert word in done.stdout


@pytest.mark.cluster
async def test_a_real_cluster_is_seen_over_ssh(home: Home, cluster_kubeconfig: Callable[[str], Path]) -> None:
    home.write(home.kubeconfig, cluster_kubeconfig("admin").read_text())
    make_key(home)
    async with served(home) as it, it.sits(size=(120, 30)) as me:
        me.look()
        await me.sees("live")
        me.type(b":ns\r")
        await me.sees("kube-system")
        me.type(b"\x03")
        assert await me.ends() == 0
        assert not me.left_behind
