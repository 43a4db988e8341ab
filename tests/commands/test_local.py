"""The commands as processes: pipes, terminals, ctrl-c, and servers that are not there."""

import asyncio
import json
import os
import shlex
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.kube.asking import unused_port
from tests.rigged.server import RiggedDemo, serving
from tests.running import KTY, Home
from tests.term.desk import ROOT

GUARD = 60.0
PIPE = asyncio.subprocess.PIPE


def pod(number: int) -> dict[str, object]:
    return {"metadata": {"name": f"web-{number}", "namespace": "default"}, "status": {"phase": "Running"}}


@asynccontextmanager
async def kty(
    home: Home, *words: str, stdin: int = PIPE, stdout: int = PIPE
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command; whatever is not given is a pipe."""
    process = await asyncio.create_subprocess_exec(
        *KTY, *words, env=home.env, cwd=ROOT, stdin=stdin, stdout=stdout, stderr=PIPE
    )
    try:
        async with asyncio.timeout(GUARD):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def said(home: Home, *words: str, stdin: bytes = b"") -> tuple[int | None, str, str]:
    async with kty(home, *words) as process:
        out, err = await process.communicate(stdin)
        return process.returncode, out.decode(), err.decode()


async def test_one_request_is_enough_for_a_kind_that_everybody_has(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", pod(1))
        home.knows(server.url)
        for words in ("get pods", "get pod", "get po"):
            server.requests.clear()
            status, out, err = await said(home, *words.split())
            assert (status, err) == (0, "")
            assert out.split()[:6] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "web-1"]
            assert [each.partition("?")[0] for each in server.requests] == ["/api/v1/namespaces/default/pods"]


async def test_what_the_server_has_is_kept_for_the_next_command(home: Home) -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        assert (await said(home, "get", "leases", "-A"))[0] == 0
        assert list((home.path / ".cache/kty").glob("discovery-*.json"))
        server.requests.clear()
        assert (await said(home, "get", "lease", "-A"))[0] == 0
        asked = {each.partition("?")[0] for each in server.requests}
        assert asked == {"/api", "/apis", "/apis/coordination.k8s.io/v1/leases"}


async def test_whoever_reads_the_beginning_only_hears_nothing_more(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        for number in range(3000):
            server.put("pods", pod(10**30 + number))
        home.knows(server.url)
        for words in ("get pods", "get pods -o yaml", "get pods -w", "get pods -o name"):
            async with kty(home, *words.split(), stdout=(ends := os.pipe())[1]) as process:
                os.close(ends[1])
                assert await asyncio.to_thread(os.read, ends[0], 80)
                os.close(ends[0])
                _, err = await process.communicate()
                assert (process.returncode, err) == (141, b""), words


async def test_outputs_that_cannot_be_written(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", pod(1))
        home.knows(server.url)
        full = os.open("/dev/full", os.O_WRONLY)
        async with kty(home, "get", "pods", stdout=full) as process:
            os.close(full)
            _, err = await process.communicate()
        assert (process.returncode, err) == (1, b"kty: stdout cannot be written: no space left on device\n")
        for closed, status in ((">&-", 141), ("2>&-", 0), ("<&-", 0), ("--help >&-", 0)):
            shell = ("sh", "-c", f'"{KTY[0]}" -m kty get pods {closed}')
            done = await asyncio.to_thread(home.run_command, *shell)
            assert (done.returncode, done.stderr) == (status, ""), closed


async def test_a_log_that_is_followed_ends_where_nothing_can_be_written(home: Home) -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        full = os.open("/dev/full", os.O_WRONLY)
        async with kty(home, "logs", "-f", "-n", "shop", "deploy/web", stdout=full) as process:
            os.close(full)
            _, err = await process.communicate()
        assert process.returncode == 1
        assert err.endswith(b"kty: stdout cannot be written: no space left on device\n")
        assert b"trying again" not in err


async def test_a_file_takes_all_of_it(home: Home, tmp_path: Path) -> None:
    async with serving(RiggedDemo()) as server:
        for number in range(300):
            server.put("pods", pod(number))
        home.knows(server.url)
        with (tmp_path / "out").open("wb") as out:
            async with kty(home, "get", "pods", "-o", "json", stdout=out.fileno()) as process:
                await process.communicate()
        assert process.returncode == 0
        assert len(json.loads((tmp_path / "out").read_text())["items"]) == 300


async def test_ctrl_c_ends_a_watch_silently(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", pod(1))
        home.knows(server.url)
        for number in (signal.SIGINT, signal.SIGTERM):
            async with kty(home, "get", "pods", "-w") as process:
                assert process.stdout is not None
                await process.stdout.readuntil(b"web-1")
                process.send_signal(number)
                _, err = await process.communicate()
                assert (process.returncode, err) == (128 + number, b"")


async def test_ctrl_c_is_heard_while_nobody_reads(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        for number in range(3000):
            server.put("pods", pod(number))
        home.knows(server.url)
        reading, writing = os.pipe()
        async with kty(home, "get", "pods", stdout=writing) as process:
            os.close(writing)
            await asyncio.to_thread(os.read, reading, 1)  # it writes by now, more than the pipe takes
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
        os.close(reading)


async def test_a_server_that_is_not_there_is_one_sentence(home: Home) -> None:
    home.knows(f"http://127.0.0.1:{unused_port()}")
    for words in ("get pods", "get pods -w", "get coupons", "logs web", "logs -f web", "exec a/b -- ls", "events",
                  "describe pod/a", "whoami"):  # fmt: skip
        status, out, err = await said(home, *words.split())
        assert (status, out) == (1, ""), words
        assert "connection refused" in err, words
        assert len(err.splitlines()) == 1, words


async def test_a_server_that_goes_and_comes_back(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", pod(1))
        server.put("pods", pod(2))
        home.knows(server.url)
        async with kty(home, "get", "pods", "-w") as process:
            assert process.stdout is not None
            assert process.stderr is not None
            await process.stdout.readuntil(b"web-2")
            await server.down()
            assert b"trying again" in await process.stderr.readline()
            server.delete("pods", "web-2", "default")
            server.put("pods", pod(3))
            await server.up()
            rest = await process.stdout.readuntil(b"web-3")
            process.send_signal(signal.SIGINT)
            await process.wait()
        assert b"web-2" in rest  # it is gone: its last state is printed again, as kubectl does
        assert b"web-1" not in rest


async def test_what_may_not_be_done_and_what_is_not_there(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", pod(1))
        server.forbid("pods", "")
        home.knows(server.url)
        for words in ("get pods -A", "get pods -A -w", "get nodes,pods -A"):
            status, out, err = await said(home, *words.split())
            assert (status, out) == (1, ""), words
            assert err.startswith("kty: pods is forbidden: "), words
            assert len(err.splitlines()) == 1, words
        status, out, err = await said(home, "get", "pods", "web-1", "web-2")
        assert (status, out.split()[5]) == (1, "web-1")
        assert err.startswith('kty: pods "web-2" not found')


async def test_the_demo_and_the_context_may_stand_before_the_command(home: Home) -> None:
    status, out, _ = await said(home, "--demo", "-n", "shop", "get", "deploy/web", "-o", "name")
    assert (status, out) == (0, "deployment.apps/web\n")
    status, out, _ = await said(home, "--demo=300", "get", "pods", "-A", "-o", "name")
    assert (status, len(out.splitlines()) >= 300) == (0, True)
    home.knows("http://127.0.0.1:1")
    status, out, err = await said(home, "--context", "nowhere", "whoami")
    assert (status, out) == (1, "")
    assert err.startswith("kty: there is no context 'nowhere'")
    assert (await said(home, "get", "pods", "-o", "xml"))[0] == 2
    status, out, err = await said(home, "logs", "--help")
    assert (status, err) == (0, "")
    assert out.startswith("usage: kty logs ")


# Programs and terminals


async def test_a_program_between_pipes(home: Home) -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        at = f"shop/{server.running()}"
        data = bytes(range(256)) * 1000
        async with kty(home, "exec", "-i", at, "--", "cat") as process:
            assert (await process.communicate(data))[0] == data
            assert process.returncode == 0
        assert await said(home, "exec", at, "--", "sh", "-c", "echo a; echo b >&2; exit 3") == (3, "a\n", "b\n")
        async with kty(home, "exec", "-i", at, "--", "wc", "-c", stdin=subprocess.DEVNULL) as process:
            assert (await process.communicate())[0].split() == [b"0"]
        status, out, err = await said(home, "exec", "-it", at, "--", "echo", "hi")
        assert (status, out) == (0, "hi\n")
        assert "no terminal at both ends" in err


async def test_a_shell_on_a_terminal(home: Home) -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        async with home.sits("exec", "-it", f"shop/{server.running()}", size=(99, 20)) as me:
            await me.until(lambda: me.left_behind, "a terminal that is raw")
            await me.until(lambda: b"# " in me.sent or b"$ " in me.sent, "a prompt")
            me.type(b"stty size\r")
            await me.until(lambda: b"20 99\r\n" in me.sent, "the size")
            me.resize(88, 25)
            me.process.send_signal(signal.SIGWINCH)
            me.type(b"sleep 0.5; stty size\r")
            await me.until(lambda: b"25 88\r\n" in me.sent, "the new size")
            me.type(b"\x03exit 4\r")  # ctrl-c is the shell's
            assert await me.ends() == 4
            assert not me.left_behind


async def test_a_terminal_is_given_whole_or_not_at_all(home: Home) -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        at = f"shop/{server.running()}"
        async with home.sits("exec", "-t", at) as me:  # what has the terminal is typed to
            await me.until(lambda: me.left_behind, "a terminal that is raw")
            me.type(b"exit 4\r")
            assert await me.ends() == 4
        async with home.sits("-c", f"{shlex.join(KTY)} exec -t {at} -- echo hi </dev/null", command=("sh",)) as me:
            assert await me.ends() == 0
            assert b"no terminal at both ends" in me.sent
            assert me.sent.endswith(b"hi\r\n")


async def test_a_signal_leaves_the_terminal_whole(home: Home) -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        async with home.sits("exec", "-it", f"shop/{server.running()}") as me:
            await me.until(lambda: me.left_behind, "a terminal that is raw")
            me.process.send_signal(signal.SIGTERM)
            assert await me.ends() == 143
            assert not me.left_behind


async def test_a_table_on_a_terminal_and_ctrl_c_there(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", {"metadata": {"name": "a\x1b]0;owned\x07b", "namespace": "default"}})
        home.knows(server.url)
        for words in ("get pods -w", "get pods -w -o name", "get pods -w -o yaml"):
            async with home.sits(*words.split()) as me:
                await me.until(lambda me=me: b"owned" in me.sent, "the pod")  # type: ignore[misc]
                me.type(b"\x03")
                assert await me.ends() == 130
                assert b"\x1b" not in me.sent
                assert not me.left_behind
