"""What proves who we are: fixed tokens, token files that change, and credential plugins on good and bad days."""

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from kty.errors import CredentialError
from kty.kube import exec_plugin
from kty.kube.credentials import PAUSE, TOKEN_FILE_AGE, Credential, Plugin, TokenFile, credentials
from kty.kube.exec_plugin import Issued, read, run
from kty.kube.target import AuthInfo, Config, ExecConfig, KeyPair, Pem, Tls
from tests.kube.waiting import until

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"


def config(auth: AuthInfo | None = None, **more: Any) -> Config:
    return Config("dev", "here", "me", "https://10.0.0.1:6443", auth=auth or AuthInfo(), **more)


def answer(version: str = V1, **status: Any) -> str:
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})


def python(code: str, **more: Any) -> ExecConfig:
    """Return a plugin that runs this Python."""
    return ExecConfig(sys.executable, ("-S", "-c", code), **more)


def shell(script: str, **more: Any) -> ExecConfig:
    return ExecConfig("sh", ("-c", script), **more)


async def refusal(work: Awaitable[object]) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        await work
    assert "\n" not in caught.value.sentence()
    return caught.value


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


# Fixed


async def test_the_ways_to_log_in_count_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    everything = AuthInfo(str(tmp_path / "token"), "fixed", "u", "p", shell("exit 1"))
    steps = [everything]
    steps.append(replace(steps[-1], token_file=""))
    steps.append(replace(steps[-1], token=""))
    headers = [(await credentials(config(auth)).current()).authorization for auth in steps]
    assert headers == ["Bearer from-file", "Bearer fixed", f"Basic {base64.b64encode(b'u:p').decode()}"]
    assert (await credentials(config()).current()).authorization == ""


async def test_a_fixed_token_cannot_be_renewed() -> None:
    fixed = credentials(config(AuthInfo(token="t")))
    assert await fixed.renewed(await fixed.current()) == await fixed.current()


async def test_a_token_that_no_header_can_hold_is_refused_without_being_shown() -> None:
    error = await refusal(credentials(config(AuthInfo(token="s3cret\r\nX-Evil: 1"))).current())
    assert str(error) == "the token of user 'me' holds characters that no token has"


# Token files


async def test_a_token_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one\n")
    tokens = TokenFile(str(path))
    assert (await tokens.current()).authorization == "Bearer one"
    path.write_text("second")
    assert (await tokens.current()).authorization == "Bearer second"


async def test_a_projected_token_is_read_again_when_its_link_moves(tmp_path: Path) -> None:
    for name, token in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "token").write_text(token)
        os.utime(tmp_path / name / "token", (1, 1))  # neither time nor size tell them apart
    (tmp_path / "data").symlink_to("a")
    tokens = TokenFile(str(tmp_path / "data" / "token"))
    assert (await tokens.current()).authorization == "Bearer one"
    (tmp_path / "new").symlink_to("b")
    (tmp_path / "new").rename(tmp_path / "data")
    assert (await tokens.current()).authorization == "Bearer two"


async def test_a_token_file_is_read_again_after_a_minute_though_it_looks_the_same(tmp_path: Path) -> None:
    path, clock = tmp_path / "token", Clock()
    path.write_text("one")
    os.utime(path, (1, 1))
    tokens = TokenFile(str(path), monotonic=clock)
    await tokens.current()
    path.write_text("two")
    os.utime(path, (1, 1))
    clock.now += TOKEN_FILE_AGE - 1
    assert (await tokens.current()).authorization == "Bearer one"
    clock.now += 1
    assert (await tokens.current()).authorization == "Bearer two"


async def test_a_token_file_is_read_again_when_the_server_refuses(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one")
    os.utime(path, (1, 1))
    tokens = TokenFile(str(path))
    refused = await tokens.current()
    path.write_text("two")
    os.utime(path, (1, 1))
    assert (await tokens.renewed(refused)).authorization == "Bearer two"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"two words", None])
async def test_a_bad_token_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    assert str(path) in str(await refusal(TokenFile(str(path)).current()))


async def test_while_a_token_file_is_being_replaced_the_last_token_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one")
    tokens = TokenFile(str(path))
    await tokens.current()
    path.write_text("")
    assert (await tokens.current()).authorization == "Bearer one"
    path.unlink()
    assert (await tokens.current()).authorization == "Bearer one"
    path.write_text("two")
    assert (await tokens.current()).authorization == "Bearer two"


# When a plugin runs


@dataclass
class Runs:
    """Stands for a plugin: hands out what is queued, an exception is raised, and an Event is waited for first."""

    queue: list[Issued | Exception]
    gate: asyncio.Event | None = None
    count: int = 0
    ended: list[str] = field(default_factory=list)

    async def __call__(self) -> Issued:
        self.count += 1
        try:
            if self.gate:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        issued = self.queue.pop(0) if len(self.queue) > 1 else self.queue[0]
        if isinstance(issued, Exception):
            raise issued
        return issued


async def test_one_run_serves_ten_waiting_requests() -> None:
    runs = Runs([Issued("a")], asyncio.Event())
    plugin = Plugin(runs)
    waiting = [asyncio.create_task(plugin.current()) for _ in range(10)]
    await until(lambda: runs.count > 0)
    assert runs.gate
    runs.gate.set()
    assert {credential.authorization for credential in await asyncio.gather(*waiting)} == {"Bearer a"}
    assert runs.count == 1


async def test_a_cancelled_request_stops_the_run_for_none_of_the_others() -> None:
    runs = Runs([Issued("a")], asyncio.Event())
    plugin = Plugin(runs)
    first, second = asyncio.create_task(plugin.current()), asyncio.create_task(plugin.current())
    await until(lambda: runs.count > 0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert runs.gate
    runs.gate.set()
    assert (await second).authorization == "Bearer a"
    assert (runs.count, runs.ended) == (1, [])


async def test_a_credential_is_replaced_shortly_before_it_expires() -> None:
    clock = Clock()
    runs = Runs([Issued("a", expires=2000.0), Issued("b")])
    plugin = Plugin(runs, now=clock)
    assert (await plugin.current()).authorization == "Bearer a"
    clock.now = 1969.0
    assert (await plugin.current()).authorization == "Bearer a"
    clock.now = 1970.0
    assert (await plugin.current()).authorization == "Bearer b"


async def test_a_short_lived_credential_is_used_for_most_of_its_life() -> None:
    clock = Clock()
    runs = Runs([Issued("a", expires=1020.0), Issued("b")])
    plugin = Plugin(runs, now=clock)
    await plugin.current()
    clock.now = 1017.0
    assert (await plugin.current()).authorization == "Bearer a"
    clock.now = 1018.0
    assert (await plugin.current()).authorization == "Bearer b"


async def test_a_plugin_whose_clock_is_behind_runs_once_a_second_at_most() -> None:
    clock = Clock()
    runs = Runs([Issued("a", expires=10.0)])
    plugin = Plugin(runs, now=clock)
    for _ in range(5):
        assert (await plugin.current()).authorization == "Bearer a"
    assert runs.count == 1
    clock.now += PAUSE
    await plugin.current()
    assert runs.count == 2


async def test_a_failed_run_is_not_repeated_at_once() -> None:
    clock = Clock()
    runs = Runs([CredentialError("no"), Issued("a")])
    plugin = Plugin(runs, now=clock)
    for _ in range(3):
        assert str(await refusal(plugin.current())) == "no"
    assert runs.count == 1
    clock.now += PAUSE
    assert (await plugin.current()).authorization == "Bearer a"


async def test_a_refused_credential_is_renewed_by_one_run_for_all() -> None:
    runs = Runs([Issued("a"), Issued("b")])
    plugin = Plugin(runs, now=Clock())
    refused = await plugin.current()
    renewed = await asyncio.gather(*(plugin.renewed(refused) for _ in range(10)))
    assert {credential.authorization for credential in renewed} == {"Bearer b"}
    assert (await plugin.renewed(refused)).authorization == "Bearer b"
    assert runs.count == 2


async def test_a_plugin_that_always_gives_what_is_refused_is_not_run_in_a_loop() -> None:
    clock = Clock()
    runs = Runs([Issued("a")])
    plugin = Plugin(runs, now=clock)
    refused = await plugin.current()
    for _ in range(5):
        await asyncio.gather(*(plugin.renewed(refused) for _ in range(5)))
    assert runs.count == 2
    clock.now += PAUSE
    await plugin.renewed(refused)
    assert runs.count == 3


async def test_a_renewal_during_another_run_waits_for_it_first() -> None:
    clock = Clock()
    runs = Runs([Issued("a", expires=2000.0), Issued("a")])
    plugin = Plugin(runs, now=clock)
    refused = await plugin.current()
    clock.now = 2000.0
    runs.gate = asyncio.Event()
    waiting = [asyncio.create_task(work) for work in (plugin.current(), *(plugin.renewed(refused) for _ in range(3)))]
    await until(lambda: runs.count == 2)
    runs.gate.set()
    await asyncio.gather(*waiting)
    assert runs.count == 3


async def test_closing_stops_a_run_and_tells_who_waits() -> None:
    runs = Runs([Issued("a")], asyncio.Event())
    plugin = Plugin(runs)
    waiting = asyncio.create_task(plugin.current())
    await until(lambda: runs.count > 0)
    await plugin.close()
    assert str(await refusal(waiting)) == "the credential plugin was stopped"
    assert runs.ended == ["cancelled"]


async def test_a_certificate_goes_along_with_the_token() -> None:
    pair = KeyPair(b"cert", b"key")
    assert await Plugin(Runs([Issued("a", pair)])).current() == Credential("Bearer a", pair)
    assert await Plugin(Runs([Issued("", pair)])).current() == Credential("", pair)


# How a plugin runs


async def test_a_plugin_gives_a_token_and_its_end() -> None:
    output = answer(token="abc\n", expirationTimestamp="2030-01-02T03:04:05Z")
    issued = await run(shell(f"cat <<'E'\n{output}\nE"), config())
    assert issued.token == "abc"
    assert issued.expires == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()


def told(expression: str) -> str:
    """Return Python for a plugin whose token is what this expression says; `info` is what it was told."""
    return (
        "import json, os, sys\n"
        "info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        f"info['status'] = {{'token': json.dumps({expression}, separators=(',', ':'))}}\n"
        "print(json.dumps(info))"
    )


async def test_a_plugin_gets_its_arguments_its_environment_and_the_version() -> None:
    plugin = python(told("[sys.argv[1:], os.environ['KTY_A'], info]"), env=(("KTY_A", "1"),), api_version=V1BETA1)
    issued = await run(replace(plugin, args=(*plugin.args, "x", "")), config())
    info = {"apiVersion": V1BETA1, "kind": "ExecCredential", "spec": {"interactive": False}}
    assert json.loads(issued.token) == [["x", ""], "1", info]


async def test_a_plugin_is_told_about_the_cluster_if_it_asks(tmp_path: Path) -> None:
    (tmp_path / "ca").write_bytes(b"PEM")
    plugin = python(told("info['spec']['cluster']"), provide_cluster_info=True, cluster_config='{"a": 1}')
    tls = Tls(Pem(path=str(tmp_path / "ca")), server_name="api.test")
    issued = await run(plugin, config(tls=tls, proxy="http://p:1"))
    assert json.loads(issued.token) == {
        "server": "https://10.0.0.1:6443",
        "tls-server-name": "api.test",
        "certificate-authority-data": base64.b64encode(b"PEM").decode(),
        "proxy-url": "http://p:1",
        "config": {"a": 1},
    }


async def test_a_plugin_has_neither_our_stdin_nor_our_terminal() -> None:
    kept, (typed, keyboard) = os.dup(0), os.pipe()
    os.write(keyboard, b"typed by a person")
    os.dup2(typed, 0)
    try:
        issued = await run(python(told("[os.getsid(0) == os.getpid(), sys.stdin.read(1)]")), config())
    finally:
        os.dup2(kept, 0)
        for descriptor in (kept, typed, keyboard):
            os.close(descriptor)
    assert json.loads(issued.token) == [True, ""]


async def test_a_plugin_that_fails_is_quoted() -> None:
    plugin = shell("echo first >&2; printf '\\033[31mlog in again\\n\\n' >&2; exit 3", install_hint="brew install sh")
    error = await refusal(run(plugin, config()))
    assert str(error) == "the credential plugin 'sh' ended with 3: first \\x1b[31mlog in again"
    assert error.hint == "brew install sh"


async def test_a_plugin_that_is_killed_says_by_what() -> None:
    assert "was killed by signal 9" in str(await refusal(run(shell("kill -9 $$"), config())))


async def test_a_plugin_that_is_not_installed_says_so() -> None:
    error = await refusal(run(ExecConfig("/nonexistent/login", install_hint="brew install login"), config()))
    assert str(error) == "the credential plugin 'login' is not installed"
    assert error.hint == "brew install login"


async def test_a_plugin_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    (tmp_path / "login").write_text("#!/bin/sh\n")
    assert "cannot be started" in str(await refusal(run(ExecConfig(str(tmp_path / "login")), config())))
    assert "cannot be started" in str(await refusal(run(shell("true", env=(("A=B", "1"),)), config())))


async def test_a_plugin_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; echo waiting for you >&2; wait"
    error = await refusal(run(shell(script), config(), timeout=2))
    assert "did not end within 2 s: waiting for you" in str(error)
    await until(lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()))


async def test_a_plugin_may_leave_a_child_that_holds_its_stderr(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"sleep 600 >/dev/null & echo $! > {pid}; echo '{answer(token='t')}'; echo welcome >&2"
    before = psutil.Process().num_fds()
    try:
        assert await run(shell(script), config(), timeout=10) == Issued("t")
        assert is_running(int(pid.read_text()))
        await until(lambda: psutil.Process().num_fds() == before)
        error = await refusal(run(shell(f"sleep 600 >/dev/null & echo $! >> {pid}; echo no >&2; exit 1"), config()))
        assert "ended with 1: no" in str(error)
    finally:
        for each in pid.read_text().split():
            os.kill(int(each), signal.SIGKILL)


async def test_a_plugin_that_leaves_its_stdout_open_leaves_us_no_descriptor(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    before = psutil.Process().num_fds()
    try:
        error = await refusal(run(shell(f"sleep 600 & echo $! > {pid}"), config(), timeout=0.5))
        assert "did not end within 0.5 s" in str(error)
        await until(lambda: psutil.Process().num_fds() == before)
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


async def test_a_plugin_is_killed_when_its_run_is_cancelled(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    running = asyncio.create_task(run(shell(f"echo $$ > {pids}; exec sleep 600"), config()))
    await until(lambda: pids.exists() and pids.read_text().endswith("\n"))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not is_running(int(pids.read_text()))


async def test_a_plugin_that_prints_without_end_is_stopped() -> None:
    assert "printed far more" in str(await refusal(run(shell("yes"), config())))


async def test_what_is_said_on_stderr_without_end_is_cut() -> None:
    error = await refusal(run(shell("yes x | head -c 1000000 >&2; exit 1"), config()))
    assert len(str(error)) < 500


async def test_a_plugin_that_must_ask_a_person_is_explained() -> None:
    error = await refusal(run(shell("true", interactive_mode="Always"), config()))
    assert "wants to ask questions" in str(error)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "it printed nothing"),
        ("Please log in: s3cret", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no ExecCredential"),
        ('{"kind": "Pod"}', "no ExecCredential"),
        (answer(V1BETA1, token="s3cret"), "v1beta1"),
        (json.dumps({"apiVersion": V1, "kind": "ExecCredential"}), "no status"),
        (answer(), "neither token nor client certificate"),
        (answer(token=["s3cret"]), "token is no text"),
        (answer(clientCertificateData="s3cret"), "do not come together"),
        (answer(token="s3cret", expirationTimestamp="soon"), "is no time"),
        (answer(token="s3cret", expirationTimestamp="2030-01-01T00:00:00"), "no time zone"),
    ],
)
async def test_rubbish_from_a_plugin_is_explained_and_not_repeated(tmp_path: Path, output: str, reason: str) -> None:
    (tmp_path / "output").write_text(output)
    error = await refusal(run(shell(f"cat {tmp_path / 'output'}; echo hm >&2"), config()))
    assert str(error).startswith("the credential plugin 'sh' gave no credential: ")
    assert reason in str(error)
    assert str(error).endswith(": hm")
    assert "s3cret" not in str(error)


async def test_a_token_from_a_plugin_that_no_header_can_hold_is_refused() -> None:
    error = await refusal(Plugin(Runs([Issued("s3cret\nX-Evil: 1")])).current())
    assert "s3cret" not in str(error)


def test_a_client_certificate_from_a_plugin_is_read() -> None:
    issued = read(answer(clientCertificateData="CERT", clientKeyData="KEY").encode(), V1)
    assert issued.certificate == KeyPair(b"CERT", b"KEY")


async def test_the_plugin_of_the_config_is_run(tmp_path: Path) -> None:
    count = tmp_path / "count"
    script = f"echo x >> {count}; echo '{answer(token='abc')}'"
    source = credentials(config(AuthInfo(exec=shell(script))))
    found = await asyncio.gather(*(source.current() for _ in range(10)))
    assert {credential.authorization for credential in found} == {"Bearer abc"}
    assert count.read_text() == "x\n"
    await source.close()


def test_a_plugin_gets_half_a_minute() -> None:
    assert exec_plugin.TIMEOUT == 30.0


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
