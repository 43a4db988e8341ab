"""The demo in a thread of its own: it starts, it ends, and nothing of it stays."""

import _thread
import asyncio
import json
import signal
import socket
import threading
import time
import urllib.request

import pytest

from kty.demo import running as module
from kty.demo.demo import Demo
from kty.demo.running import THREAD, Running, running
from kty.kube.client import Client
from kty.kube.config import infer

GUARD = 60.0


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == THREAD]


def ended() -> bool:
    """Wait until no demo runs any more: a busy machine takes longer than `close` has patience for."""
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(GUARD)
    return not threads()


def is_open(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_it_runs_until_the_block_ends(tmp_path: object) -> None:
    with running() as demo:
        assert demo.url.startswith("http://127.0.0.1:")
        assert threads() == [THREAD]
        with urllib.request.urlopen(urllib.request.Request(f"{demo.url}/readyz", headers=_token(demo))) as answer:
            assert answer.read() == b"ok"
    assert ended()
    assert not is_open(demo.url)
    demo.close()


def _token(demo: Running) -> dict[str, str]:
    import yaml

    content = yaml.safe_load(demo.kubeconfig)
    return {"Authorization": f"Bearer {content['users'][0]['user']['token']}"}


async def test_an_ordinary_client_talks_to_it_through_an_ordinary_kubeconfig(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "kubeconfig"
    with running() as demo:
        path.write_text(demo.kubeconfig)
        config = infer(path)
        assert (config.context, config.namespace, config.compress) == ("demo", "", False)
        client = Client(config)
        try:
            pods = json.loads(await client.request("GET", "/api/v1/pods"))
            assert len(pods["items"]) > 10
        finally:
            await client.close()


def test_each_start_has_a_token_of_its_own() -> None:
    one, two = Demo(), Demo()
    assert not set(one.tokens.values()) & set(two.tokens.values())


def test_an_error_at_the_start_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(demo: Demo, pods: int = 0) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Demo, "furnish", fail)
    with pytest.raises(ZeroDivisionError), running():
        pass
    assert ended()


def test_an_error_in_the_block_ends_it() -> None:
    with pytest.raises(KeyError), running():
        raise KeyError
    assert ended()


def test_ctrl_c_while_it_starts_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def furnish(demo: Demo, pods: int = 0) -> None:
        _thread.interrupt_main()
        time.sleep(0.2)

    monkeypatch.setattr(Demo, "furnish", furnish)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs tests side by side ignores it
    try:
        with pytest.raises(KeyboardInterrupt), running():
            pass
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended()


def test_the_loop_of_the_caller_is_not_touched() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with running():
            assert asyncio.get_running_loop() is loop

    asyncio.run(main())


def test_what_starts_it_is_light() -> None:
    import subprocess
    import sys

    loaded = subprocess.check_output(
        [sys.executable, "-c", "import kty.demo.running, sys; print(*sys.modules)"], text=True
    ).split()
    assert module.__name__ in loaded
    assert not {"aiohttp", "msgspec", "kty.demo.demo"} & set(loaded)
