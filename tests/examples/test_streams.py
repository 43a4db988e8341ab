"""Examples that read from pods, talk to them, and carry things to and fro."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from kty.kube.streams.exec import run
from tests.contract.pods_that_run import IMAGE, WIPED
from tests.examples.conftest import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_log_stream(shop: Shop) -> None:
    chosen = ("web", "-c", "main", "--tail", "1", "--since", "3600", "--timestamps", "--follow")
    async with shop.programs.start("log_stream", *chosen) as program:
        line = await program.sees(" ")
        if any(word in line for word in WIPED):
            pytest.skip("another cluster on this machine swept /var/log/pods")
        time, _, text = line.partition(" ")
        assert (time[-1], text) == ("Z", "it serves")
        await program.is_interrupted()


async def test_pod_exec(shop: Shop) -> None:
    root, *said = await shop.programs.says("pod_exec", "web")
    assert {"bin", "etc", "tmp", "www"} <= set(root.removeprefix("in its root: ").split())
    assert said == [
        "it counted 1000000 bytes",
        "it says: step 1",
        "it says: step 2",
        "it says: step 3",
        "it complains: that was it",
        "it exits with 7",
    ]


async def test_pod_attach(shop: Shop) -> None:
    async with shop.programs.start("pod_attach", "talk") as program:
        await program.hears("greeting=hello; echo $greeting; echo oh >&2\n")
        seen = {await program.sees("std") for _ in range(2)}
        assert seen == {"stdout: hello", "stderr: oh"}
        await program.hears("", end=True)
        assert (await program.ends()).status == 0


async def test_pod_shell(shop: Shop) -> None:
    async with shop.programs.sits("pod_shell", "web") as me:
        me.look()
        await me.sees("/ #")
        me.type(b"echo on$((1 + 0))e\r")
        await me.sees("on1e")
        me.type(b"echo begun; sleep 1000\r")
        await me.until(lambda: b"\r\nbegun\r\n" in me.sent, "the command")
        me.type(b"\x03")
        await me.sees("^C")
        me.type(b"exit 4\r")
        assert await me.ends() == 4
        assert not me.left_behind


async def test_pod_shell_resize(shop: Shop) -> None:
    async with shop.programs.sits("pod_shell_resize", "web", size=(81, 25)) as me:
        me.look()
        await me.sees("rows and columns there: 25 81")
        me.resize(100, 30)
        await me.sees("rows and columns there: 30 100")
        me.type(b"\x03")
        assert await me.ends() == 0
        assert b"Traceback" not in me.sent


async def test_pod_cp(shop: Shop, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "below").mkdir(parents=True)
    (tree / "below" / "data").write_bytes(os.urandom(300_000))
    (tree / "script").write_text("echo ran\n")
    there = await shop.programs.says("pod_cp", str(tree), "web:/tmp/tree")
    assert there[-1] == "2 files copied"
    assert any(line.endswith("below/data") for line in there)
    ran = await run(shop.client, shop.namespace, "web", ["sh", "/tmp/tree/script"])
    assert ran.stdout == b"ran\n"
    back = await shop.programs.says("pod_cp", "web:/tmp/tree", str(tmp_path / "back"))
    assert back[-1] == "2 files copied"
    assert (tmp_path / "back" / "below" / "data").read_bytes() == (tree / "below" / "data").read_bytes()


async def test_pod_debug(shop: Shop) -> None:
    *printed, ended = await shop.programs.says("pod_debug", "--image", IMAGE, "web", "echo", "looked around")
    assert ended.startswith("debug-")
    assert ended.endswith(" exited with 0")
    if not any(word in line for line in printed for word in WIPED):
        assert printed == ["looked around"]


async def test_pod_portforward(shop: Shop) -> None:
    said = await shop.programs.says("pod_portforward", "web", "8080")
    assert (said[0], said[-1]) == ("HTTP/1.1 200 OK", "content")


async def test_pod_portforward_http(shop: Shop) -> None:
    head, *body = await shop.programs.says("pod_portforward_http", "web", "8080", "--path", "/index.html")
    assert head.startswith("200 OK, text/html")
    assert body == ["content"]


async def test_pod_portforward_bind(shop: Shop) -> None:
    async with shop.programs.start("pod_portforward_bind", "web", "8080", "9:0") as program:
        serving = (await program.sees("leads to port 8080 of web")).split()[0]
        nothing = (await program.sees("leads to port 9 of web")).split()[0]
        for address in (nothing, serving):
            host, _, port = address.partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            if address == serving:
                assert (await reader.read()).endswith(b"content\n")
            else:
                assert "connection refused" in await program.sees("a connection to port 9 failed: ")
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        await program.is_interrupted()
