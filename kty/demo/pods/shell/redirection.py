"""Where the streams of a command go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from kty.demo.pods.devices import read_from, write_to
from kty.demo.pods.shell import expansion
from kty.demo.pods.shell.syntax import Redirect
from kty.demo.pods.streams import Given, Null, Reader, Sink

if TYPE_CHECKING:
    from kty.demo.pods.shell.interpreter import Shell


@asynccontextmanager
async def redirected(shell: "Shell", redirects: tuple[Redirect, ...]) -> AsyncIterator[str]:
    """Let the shell's streams be others within; yield why that is not possible, empty when it is."""
    if not redirects:
        yield ""
        return
    process = shell.process
    saved = process.stdin, process.stdout, process.stderr
    try:
        fault = ""
        for redirect in redirects:
            try:
                await _apply(shell, redirect)
            except OSError as error:
                verb = "open" if redirect.operator in ("<", "<&", ">&") else "create"
                verb = "create" if redirect.operator.startswith(">") and redirect.operator != ">&" else verb
                what = "nonexistent directory" if verb == "create" and error.errno == 2 else ""
                what = what or ("no such file" if error.errno == 2 else str(error.strerror))
                fault = f"can't {verb} {error.filename}: {what}"
                break
        yield fault
    finally:
        process.stdin, process.stdout, process.stderr = saved


async def _apply(shell: "Shell", redirect: Redirect) -> None:
    process = shell.process
    target = await expansion.text(redirect.word, shell)
    if redirect.operator == "<<":
        process.stdin = Reader(Given(target.encode("utf-8", "surrogateescape")))
    elif redirect.operator == "<":
        process.stdin = read_from(process, target)
    elif redirect.operator in ("<&", ">&") and (target.isdecimal() or target == "-"):
        sinks: dict[str, Sink] = {"1": process.stdout, "2": process.stderr}
        if redirect.number == 0:
            process.stdin = Reader(Null()) if target == "-" else process.stdin
        else:
            _set(shell, redirect.number, sinks.get(target, Null()))
    else:
        _set(shell, redirect.number, write_to(process, target, append=redirect.operator == ">>"))


def _set(shell: "Shell", number: int, sink: Sink) -> None:
    if number == 2:
        shell.process.stderr = sink
    elif number == 1:
        shell.process.stdout = sink
