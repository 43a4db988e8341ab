"""The command line: what it asks for, and what it answers before there is a screen."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from kty import __version__
from kty.cli import COMMANDS, Options, parse
from kty.errors import UsageError
from tests.kube.serving import serve
from tests.rigged.server import RiggedDemo, serving
from tests.running import KTY, Home


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("", Options()),
        ("deploy", Options(resource="deploy")),
        (":events", Options(resource="events")),
        ("po kube-system", Options(resource="po kube-system")),
        (":deploy /web", Options(resource="deploy /web")),
        ("--context prod", Options(context="prod")),
        ("--kubeconfig ./my", Options(kubeconfig="./my")),
        ("-n web", Options(namespaces=("web",))),
        ("-n web -n api,web --namespace=db", Options(namespaces=("web", "api", "db"))),
        ("-A", Options(namespaces=())),
        ("po -n web", Options(resource="po", namespaces=("web",))),
        ("-n web po", Options(resource="po", namespaces=("web",))),
        ("po -A /crash", Options(resource="po /crash", namespaces=())),
        ("--readonly", Options(readonly=True)),
        ("--log-file out.log", Options(log_file="out.log")),
        ("--demo", Options(demo=0)),
        ("--demo deploy", Options(demo=0, resource="deploy")),
        ("--demo=10000 deploy -n shop", Options(demo=10000, resource="deploy", namespaces=("shop",))),
    ],
)
def test_the_command_line_is_understood(arguments: str, options: Options) -> None:
    assert parse(arguments.split()) == options


def test_a_command_may_be_one_argument() -> None:
    assert parse([":po -l app=web"]).resource == "po -l app=web"


@pytest.mark.parametrize("word", sorted(COMMANDS))
def test_a_word_that_is_a_command_points_to_the_kind_of_that_name(word: str) -> None:
    for arguments in ([word], [word, "more"], [f"{word} more"], ["-A", word]):
        with pytest.raises(UsageError) as refused:
            parse(arguments)
        assert f"a kind of that name opens as `kty :{word}`" in refused.value.sentence()
    assert parse([f":{word}"]).resource == word


def test_these_words_are_commands() -> None:
    assert " ".join(COMMANDS) == "get logs exec describe events whoami serve crd users resources play"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-n", "a", "-A"], "-n names some namespaces and -A means all of them: leave one of the two out"),
        (["-n", ","], "-n wants the name of a namespace: -A shows all of them"),
        (["--colour"], "unrecognized arguments: --colour: `kty --help` lists what is possible"),
        (["--demo=abc"], "--demo=abc names no number of pods: --demo=10000 makes so many, 100,000 at most"),
        (["--demo="], "--demo= names no number of pods: --demo=10000 makes so many, 100,000 at most"),
        (["--demo=-1"], "--demo=-1 names no number of pods: --demo=10000 makes so many, 100,000 at most"),
        (["--demo=100001"], "--demo=100001 names no number of pods: --demo=10000 makes so many, 100,000 at most"),
        (["--demo", "--context", "a"], "--demo is a cluster of its own: leave --context and --kubeconfig out"),
        (["--context"], "argument --context: expected one argument: `kty --help` lists what is possible"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_with_what_to_do(arguments: Sequence[str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(arguments)
    assert refused.value.sentence() == sentence


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=8), max_size=4))
def test_any_command_line_is_options_or_one_sentence(arguments: list[str]) -> None:
    if any(argument.startswith("-") for argument in arguments):  # may be --help, which prints it
        arguments = ["--", *arguments]
    with suppress(UsageError):
        assert isinstance(parse(arguments), Options)


# As a process


def test_help_says_what_there_is(home: Home) -> None:
    done = home.run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name in (
        "--context",
        "--kubeconfig",
        "-n",
        "-A",
        "--readonly",
        "--demo",
        "--log-file",
        "--version",
        "resource",
    ):
        assert name in done.stdout
    assert "? shows the keys" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_version_is_that_of_the_package(home: Home) -> None:
    done = home.run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"kty {__version__}\n", "")


def test_the_installed_command_is_the_module() -> None:
    (script,) = entry_points(group="console_scripts", name="kty")
    assert script.load().__module__ in ("kty.__main__", "kty.cli")
    command = Path(sys.executable).with_name("kty")
    assert subprocess.check_output([command, "--version"], text=True) == f"kty {__version__}\n"


def test_a_reserved_word_ends_it_with_one_sentence(home: Home) -> None:
    done = home.run("users")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "kty: `kty users` is a command that this version does not have yet: a kind of that name opens as `kty :users`\n"
    )


def test_what_is_typed_is_printed_without_control_characters(home: Home) -> None:
    done = home.run("--\x1b[2J")
    assert done.returncode == 2
    assert done.stderr == "kty: unrecognized arguments: --\\x1b[2J: `kty --help` lists what is possible\n"


NO_TERMINAL = (
    "kty: kty draws on a terminal, and stdin or stdout is none: run it in a terminal; `ssh -t` makes one, and"
    " `kty --demo` needs no cluster there\n"
)


def test_without_a_terminal_it_says_so(home: Home) -> None:
    done = home.run()
    assert (done.returncode, done.stdout, done.stderr) == (2, "", NO_TERMINAL)


async def test_one_end_that_is_a_terminal_is_not_enough(home: Home) -> None:
    for there in ("< /dev/null", "> /dev/null", "<&-", ">&-"):
        shell = ("sh", "-c", f'"{KTY[0]}" -m kty {there}')
        status, said = await home.says(command=shell)
        assert (status, said.replace("\n", "")) == (2, NO_TERMINAL.strip()), there


def test_with_nowhere_to_say_it_the_status_tells(home: Home) -> None:
    done = home.run_command("sh", "-c", f'"{KTY[0]}" -m kty 2>&-')
    assert (done.returncode, done.stdout) == (2, "")


# The log


async def test_the_log_is_for_its_owner_and_holds_no_secret(home: Home) -> None:
    log = home.write(home.path / "kty.log", "before\n")
    log.chmod(0o644)
    async with serving(RiggedDemo()) as server:
        home.knows(server.url, user={"token": "s3cret-token"})
        async with home.sits("--log-file", str(log)) as me:
            await me.sees("pods 0 of 0")
            await me.sees("live")
            me.type(b"\x03")
            assert await me.ends() == 0
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text()
    assert text.startswith("before\n")
    assert "DEBUG kty.kube.client: GET /api/v1/pods: 200" in text
    assert "s3cret" not in text


async def test_no_way_to_log_in_leaves_its_secret_in_the_log(home: Home) -> None:
    log, token = home.path / "kty.log", home.write(home.path / "token", "s3cret-file")
    credential = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"s3cret"}}'
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", f"echo '{credential}'"],
    }

    async def refuse(request: web.Request) -> web.StreamResponse:
        return web.Response(status=401, text=f"who is {request.headers['Authorization']}?")

    async with serve(refuse) as server:
        for user in (
            {"token": "s3cret"},
            {"tokenFile": str(token)},
            {"exec": plugin},
            {"username": "a", "password": "s3cret"},
        ):
            home.knows(server, user=user)
            async with home.sits("--log-file", str(log)) as me:
                await me.sees("401")
                me.type(b"\x03")
                assert await me.ends() == 0
    assert "401" in log.read_text()
    assert "s3cret" not in log.read_text()


@pytest.mark.parametrize("path", ["nowhere/kty.log", ".", "/dev/full/x"])
async def test_a_log_that_cannot_be_written_is_said(home: Home, path: str) -> None:
    path = str(home.path / path)
    status, said = await home.says("--log-file", path)
    assert status == 2
    assert said.replace("\n", "").startswith(f"kty: the log file {path} cannot be written: ")
    assert "name another one with --log-file" in said


async def test_a_disk_that_is_full_stops_nobody(home: Home) -> None:
    home.knows("http://127.0.0.1:9")
    async with home.sits("--log-file", "/dev/full") as me:
        await me.sees("connection refused")
        me.type(b"\x03")
        assert await me.ends() == 0
        assert not me.left_behind
        assert b"Errno" not in me.sent


async def test_what_is_no_file_keeps_its_mode(home: Home) -> None:
    pipe = home.path / "pipe"
    os.mkfifo(pipe, 0o644)
    reader = os.open(pipe, os.O_RDWR)
    try:
        status, _ = await home.says("--log-file", str(pipe), "--context", "nowhere")
    finally:
        os.close(reader)
    assert status == 1
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o644
