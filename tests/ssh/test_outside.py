"""What a server tells those who watch over it: over HTTP, in its log, and in its audit log."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kty.errors import ConfigError
from kty.ssh.behind import FRESH, Kept, Reach
from kty.ssh.facts import Changed, Entered, LoggedIn, LoginFailed, Refused
from kty.ssh.lines import Lines
from kty.ssh.metrics import Metrics
from tests.rigged.server import RiggedDemo, serving
from tests.running import Home
from tests.ssh.house import until
from tests.ssh.serving import HAS_OPENSSH, Served, make_key, served


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


def url_of(it: Served) -> str:
    (line,) = (each for each in it.said if each.startswith("health and metrics: "))
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found
    return found[0]


async def asked(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


def values(page: str) -> dict[str, float]:
    """Return each sample by its name and labels."""
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


# Over HTTP


@HAS_OPENSSH
async def test_it_tells_that_it_lives_is_ready_and_what_it_counts(known: Home) -> None:
    async with served(known, "--http-port", "0") as it:
        url = url_of(it)
        assert await asked(f"{url}/healthz") == (200, "ok\n")
        status, page = await asked(f"{url}/readyz")
        assert (status, page.splitlines()[0], page.splitlines()[-1]) == (200, "[+]listening ok", "readyz check passed")
        while "[+]cluster ok (does not count)" not in page:
            _, page = await asked(f"{url}/readyz")
            await asyncio.sleep(0.01)
        async with it.sits(size=(100, 20)) as me:
            me.look()
            await me.sees("web-1")
            now = values((await asked(f"{url}/metrics"))[1])
            assert now["kty_ssh_connections authenticated"] == 1
            assert now["kty_ssh_sessions"] == now["kty_ssh_people"] == 1
            assert now["kty_cluster_watches"] >= 1
            assert now["kty_cluster_up"] == 1
            assert now["kty_ssh_sent_bytes_total"] > 3000
            me.type(b"\x03")
            await me.ends()
        await until(lambda: b"left" in it.log)
        now = values((await asked(f"{url}/metrics", Accept="text/plain"))[1])
        assert now["kty_ssh_logins_total publickey ok"] == 1
        assert now["kty_ssh_connections authenticated"] == now["kty_ssh_sessions"] == 0
        assert now["kty_ssh_session_duration_seconds_count"] == now["kty_ssh_sessions_opened_total"] == 1
        assert now["kty_ssh_handshake_duration_seconds_count"] == 1
        # Lag is measured twice a second: a quick machine is here before the first time.
        while now["kty_event_loop_lag_seconds_count"] < 1:
            now = values((await asked(f"{url}/metrics"))[1])
            await asyncio.sleep(0.01)
        assert (await asked(f"{url}/else"))[0] == 404


@HAS_OPENSSH
async def test_while_it_drains_it_is_not_ready_and_lives(known: Home) -> None:
    async with served(known, "--http-port", "0") as it, it.sits(size=(100, 20)) as me:
        url = url_of(it)
        me.look()
        await me.sees("web-1")
        it.asks_it_to_end()
        await me.sees("This server is ending")
        status, page = await asked(f"{url}/readyz")
        assert status == 503
        assert "[-]not-draining failed" in page
        assert (await asked(f"{url}/healthz"))[0] == 200
        me.type(b"\x03")
        assert await me.ends() == 0
        assert await it.ends() == 0


async def test_a_cluster_that_is_away_is_told_and_does_not_count() -> None:
    class Away:
        kept = Kept()
        answers = iter(["the cluster is away", ""])

        async def why_unreachable(self) -> str:
            return next(self.answers)

    class Clock:
        seconds = 0.0

        def __call__(self) -> float:
            return self.seconds

    clock, tasks = Clock(), list[Any]()
    reach = Reach(Away(), lambda work, name: tasks.append(work), now=clock)
    assert reach.why_unreachable() is None
    assert reach.why_unreachable() is None
    await tasks.pop()
    assert not tasks  # it is asked once at a time
    assert reach.why_unreachable() == "the cluster is away"
    clock.seconds = FRESH
    assert reach.why_unreachable() == "the cluster is away"
    await tasks.pop()
    assert reach.why_unreachable() == ""


def test_no_series_grows_with_people_addresses_or_objects() -> None:
    metrics = Metrics()

    def series() -> int:
        return sum(len(family.samples) for family in metrics.registry.collect())

    def happens(number: int) -> None:
        who = {"person": f"p{number}", "address": f"10.0.0.{number}"}
        metrics.tell(LoggedIn(**who, username=f"u{number}", method="publickey", fingerprint=f"f{number}"))
        metrics.tell(LoginFailed(username="", method="", tries=number, fingerprints=(), why=f"w{number}"))
        metrics.tell(Refused(reason="rate", why=f"w{number}"))
        named = {"namespace": f"n{number}", "outcome": "ok" if number % 2 else str(400 + number)}
        metrics.tell(Entered(how="exec", pod=f"p{number}", container="", command=(f"c{number}",), **named))
        metrics.tell(Changed(verb="patch", group="", resource=f"r{number}", part="", name=f"n{number}", **named))

    happens(0)
    happens(1)
    before = series()
    for number in range(2, 50):
        happens(number)
    assert series() == before


# The logs


@HAS_OPENSSH
async def test_a_whole_run_leaves_its_events_in_order_and_no_secret_anywhere(known: Home, cluster: RiggedDemo) -> None:
    cluster.tokens = {"canary-token-of-the-cluster"}
    text = known.kubeconfig.read_text()
    known.kubeconfig.write_text(text.replace('"user": {}', '"user": {"token": "canary-token-of-the-cluster"}'))
    audit = known.path / "audit.jsonl"
    async with served(known, "--audit-log", str(audit), "--log-format", "json", "--http-port", "0") as it:
        async with it.sits(size=(120, 20)) as me:
            me.look()
            await me.sees("web-1")
            me.type(b"/canary-that-is-typed\r")
            await me.sees("canary-that-is-typed")
            me.type(b"\x1b[27u")
            await me.sees("web-1")
            me.type(b"\x04")
            await me.sees("y does it")
            me.type(b"y")
            await until(lambda: b'"change"' in audit.read_bytes(), lambda: me.screen)
            me.type(b"\x03")
            await me.ends()
        assert (await it.runs("exec", "web-2", "--", "id"))[0] != 0
        key = (known.path / ".ssh/authorized_keys").read_text()
        (known.path / ".ssh/authorized_keys").write_text("# nobody\n")
        assert (await it.runs())[0] == 255
        await until(lambda: b"login-failed" in audit.read_bytes())
        _, page = await asked(f"{url_of(it)}/metrics")
        it.asks_it_to_end()
        assert await it.ends() == 0
    events = [json.loads(line) for line in audit.read_text().splitlines()]
    kinds = [each["event"] for each in events]
    assert kinds[:2] == ["login", "session-opened"]
    assert {"change", "exec", "session-closed", "logout", "login-failed"} <= set(kinds)
    first = [each for each in events if each["connection"] == events[0]["connection"]]
    assert first[-1]["event"] == "logout"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", each["time"]) for each in events)
    assert all(each["address"] == "127.0.0.1" for each in events)
    changed = next(each for each in events if each["event"] == "change")
    assert (changed["verb"], changed["resource"], changed["namespace"]) == ("delete", "pods", "default")
    assert changed["name"].startswith("web-")
    assert changed["person"].startswith("anna@desk SHA256:")
    entered = next(each for each in events if each["event"] == "exec")
    assert (entered["how"], entered["pod"], entered["command"]) == ("exec", "web-2", ["id"])
    assert audit.stat().st_mode & 0o777 == 0o600
    for line in it.log.splitlines():
        assert {"time", "level", "logger", "message"} <= set(json.loads(line))
    written = audit.read_text() + it.log.decode() + page + "\n".join(it.said)
    private = (known.path / "id_ed25519").read_text().splitlines()[1:-1]
    for secret in ("canary-token-of-the-cluster", "canary-that-is-typed", key.split()[1], *private):
        assert secret not in written


@HAS_OPENSSH
async def test_nothing_is_logged_by_whoever_reads_no_log(known: Home) -> None:
    """A reader of stderr that goes away, or only stops reading, stops nobody."""
    async with served(known, "--log-format", "json") as it, it.sits(size=(100, 20)) as me:
        assert it.process.stderr is not None
        it.process.stderr._transport.close()  # type: ignore[attr-defined]
        me.look()
        await me.sees("web-1")
        me.type(b"\x03")
        assert await me.ends() == 0


def test_lines_are_the_owners_alone_and_go_on_where_a_file_was_moved_away(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before\n")
    path.chmod(0o644)
    lines = Lines(path)
    lines.write(b"one")
    wait_until(lambda: path.read_text() == "before\none\n")
    path.rename(tmp_path / "log.1")
    lines.write(b"two")
    lines.close()
    assert (tmp_path / "log.1").read_text() == "before\none\n"
    assert path.read_text() == "two\n"
    assert path.stat().st_mode & 0o777 == 0o600


def wait_until(is_so: Any) -> None:
    import time

    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_full_disk_is_told_and_what_comes_later_is_written() -> None:
    reading, writing = os.pipe2(os.O_NONBLOCK)
    told: list[str] = []
    lines = Lines(writing, told.append)
    size = 1 << 16
    for _ in range(20):
        lines.write(b"x" * size)  # more than it holds
    wait_until(lambda: told)
    assert told == ["resource temporarily unavailable"]
    wait_until(lines._waiting.empty)
    while True:
        try:
            if not os.read(reading, 1 << 20):
                break
        except BlockingIOError:
            break
    lines.write(b"again")
    wait_until(lambda: len(told) == 2)
    assert re.fullmatch(r"\d+ lines were lost; it is written again", told[1])
    assert os.read(reading, 100).split(b"\n")[-2] == b"again"
    lines.close()
    os.close(reading)
    os.close(writing)


def test_who_takes_nothing_makes_nobody_wait() -> None:
    reading, writing = os.pipe()
    told: list[str] = []
    lines = Lines(writing, told.append)
    for _ in range(30_000):
        lines.write(b"x" * 100)
    assert told[0] == "nobody takes them"
    os.close(reading)
    lines.close()


def test_an_audit_log_that_cannot_be_written_is_told_before_anything_else(known: Home) -> None:
    done = known.run("serve", "--as-me", "--ssh-port", "0", "--audit-log", "/nowhere/audit")
    assert (done.returncode, done.stderr) == (1, "kty: /nowhere/audit cannot be written: no such file or directory\n")
    with pytest.raises(ConfigError):
        Lines(Path("/"))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--http-port", "70000"), "--http-port 70000 is no port"),
        (("--log-format", "xml"), "invalid choice: 'xml'"),
        (("--proxy-protocol", "nowhere"), "'nowhere' does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_what_cannot_be_is_a_sentence(known: Home, arguments: tuple[str, ...], why: str) -> None:
    done = known.run("serve", "--as-me", *arguments)
    assert done.returncode == 2
    assert why in done.stderr
