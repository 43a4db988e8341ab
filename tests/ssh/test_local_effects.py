"""Whatever a person does over SSH, nothing of it happens on the server's desk or disk."""

import base64
import os
import re
import subprocess
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import pytest

from kty.views.registry import views
from tests.rigged.server import RiggedDemo, serving
from tests.ssh.asking import asks
from tests.ssh.house import House, until
from tests.ssh.walker import ALIKE, Walker, kty_house, walking
from tests.ssh.watchman import Watchman, watched


@pytest.fixture
async def cluster() -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo(furnished=True)) as server:
        yield server


@pytest.fixture
async def it(cluster: RiggedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EDITOR", "touch")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "KUBE_EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    async with kty_house(cluster, tmp_path) as house:
        yield house


def fail_for(watchman: Watchman, me: Walker) -> None:
    assert not watchman.seen, f"after {me.pressed}:\n" + "\n".join(watchman.seen)


@pytest.mark.parametrize("kind", sorted(views()))
async def test_no_key_of_a_list_does_anything_here(it: House, tmp_path: Path, kind: str) -> None:
    async with walking(it) as me:
        with watched(tmp_path / "people") as watchman:
            await me.opens(kind)
            await until(lambda: "live" in me.guest.screen)
            await me.walks(left_out=() if kind == "pods" else ALIKE)
        fail_for(watchman, me)
        assert it.apps[-1].crash is None
        assert len(me.pressed) > 6


@pytest.mark.parametrize("key", ["y", "d", "l", "E", "H", "T", "f", "s", "e", "enter"])
async def test_no_key_of_what_a_list_opens_does_anything_here(it: House, tmp_path: Path, key: str) -> None:
    async with walking(it) as me:
        with watched(tmp_path / "people") as watchman:
            home = me.app.screen
            await me.press(key)
            await until(lambda: me.app.screen is not home)
            if not me.is_here:  # a program in a container has the terminal: ctrl-] leaves it
                await me.press("ctrl+]")
            await me.walks()
        fail_for(watchman, me)
        assert it.apps[-1].crash is None


@pytest.mark.parametrize(
    ("first", "key", "said"),
    [
        ("pods", "F", "only to the machine where kty runs"),
        ("svc", "F", "only to the machine where kty runs"),
    ],
)
async def test_what_acts_on_ones_own_machine_is_refused_in_a_sentence(
    it: House, tmp_path: Path, first: str, key: str, said: str
) -> None:
    async with walking(it) as me:
        await me.opens(first)
        await until(lambda: "live" in me.guest.screen)
        with watched(tmp_path / "people") as watchman:
            await me.press(key)
            await me.guest.sees(said)
        fail_for(watchman, me)


@pytest.mark.parametrize(
    ("keys", "said", "never"),
    [
        ((*":pf", "enter"), "kty on your own machine forwards ports", "shift+f"),
        (("?",), "this server's owner rebinds them", "config.yaml"),
    ],
)
async def test_what_is_said_holds_over_ssh(it: House, keys: tuple[str, ...], said: str, never: str) -> None:
    async with walking(it, size=(120, 40)) as me:
        await me.press(*keys)
        await me.guest.sees(said)
        assert never not in me.guest.screen


async def test_lines_of_a_log_are_copied_and_not_saved(it: House, tmp_path: Path) -> None:
    async with walking(it) as me:
        await me.press("l")
        await me.guest.sees("following")
        with watched(tmp_path / "people") as watchman:
            await me.press("ctrl+s")
            await me.guest.sees("copied", "paste them into a file of yours")
            await me.press("c")
            await me.guest.sees("copied")
        assert b"\x1b]52;c;" in me.guest.sent
        fail_for(watchman, me)


@pytest.mark.parametrize(
    "line",
    ["get pods -A", "get coupons -A -o yaml", "get nothing", "events -A", "describe pod/{pod}", "logs {pod}", "whoami",
     "exec shop/{pod} -- ls", "scp -t /tmp/x", "get pods --kubeconfig /etc/passwd"],
)  # fmt: skip
async def test_no_command_does_anything_here(it: House, cluster: RiggedDemo, tmp_path: Path, line: str) -> None:
    import_module("urllib3.util.connection")  # it looks for IPv6 by a socket of its own when it is loaded
    with watched(tmp_path / "people") as watchman:
        done = await asks(it, line.format(pod=cluster.running()))
    assert done.out or done.err
    assert not watchman.seen, "\n".join(watchman.seen)


async def test_what_no_clipboard_takes_is_saved_by_a_command_that_is_told(
    it: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kty.screens.log_elsewhere.LARGEST", 100)
    async with walking(it) as me:
        await me.press("l")
        await me.guest.sees("following")
        with watched(tmp_path / "people") as watchman:
            await me.press("ctrl+s")
            await me.guest.sees("copied what saves it", f"ssh -p {it.port} 127.0.0.1 logs ")
            (code,) = re.findall(rb"\x1b]52;c;([A-Za-z0-9+/=]*)", me.guest.sent)
            said = base64.b64decode(code).decode()
            assert said.startswith(f"ssh -p {it.port} 127.0.0.1 logs ")
            assert said.endswith(".log")
        fail_for(watchman, me)


async def test_what_is_remembered_is_ones_own(it: House, tmp_path: Path) -> None:
    async with walking(it) as me:
        with watched(tmp_path / "people") as watchman:
            await me.press(":")
            await me.types("ns kube-system\r")
            await until((tmp_path / "people/anna/state.json").exists)
        fail_for(watchman, me)


def test_the_watchman_sees_what_is_done(tmp_path: Path) -> None:
    import socket

    allowed = tmp_path / "people"
    allowed.mkdir()
    with watched(allowed) as watchman:
        (allowed / "a").write_text("mine")
        (allowed / "a").read_text()
        assert not watchman.seen
        (tmp_path / "b").write_text("elsewhere")
        (tmp_path / "c").mkdir()
        subprocess.run(["true"], check=True)
        os.close(os.open(tmp_path / "d", os.O_CREAT | os.O_WRONLY))
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
    assert [each.split()[0] for each in watchman.seen] == [
        "open",
        "os.mkdir",
        "subprocess.Popen",
        "open",
        "socket.bind",
    ]
