"""The program `sh`: a script from a word, a file or the standard input, or a person at a prompt."""

import asyncio
from typing import TYPE_CHECKING, Final

from kty.demo.pods.machine import Process
from kty.demo.pods.shell.syntax import Sequence, SyntaxFault, Unfinished

if TYPE_CHECKING:
    from kty.demo.pods.shell.interpreter import Shell
    from kty.demo.pods.terminal import Terminal

BANNER: Final = "\n\nThe shell of kty's demo (a small POSIX shell)\nEnter 'help' for a list of commands.\n\n"
_SETTABLE: Final = frozenset("eux")


async def sh(process: Process) -> int:
    """Run `sh [-eux] [-c SCRIPT [NAME [ARGUMENT…]]] [FILE [ARGUMENT…]]`."""
    from kty.demo.pods.shell.interpreter import Shell  # its builtins need the programs, of which this is one

    shell = Shell.of(process)
    words = list(process.arguments)
    letters: set[str] = set()
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            break
        letters |= set(word[1:]) if not word.startswith("--") else set()
    if words[:1] == ["-"]:
        words.pop(0)
    shell.options = letters & _SETTABLE
    shell.name = process.argv[0]
    if "c" in letters:
        if not words:
            await shell.complain("-c requires an argument")
            return 2
        script, words = words[0], words[1:]
        shell.name, shell.arguments = (words[0], words[1:]) if words else (shell.name, [])
        return await _whole(shell, script)
    if words:
        shell.name, shell.arguments = words[0], words[1:]
        try:
            content = process.files.content(words[0], process.cwd)
        except OSError as error:
            await process.complain(f"can't open '{words[0]}': {error.strerror}")
            return 127 if isinstance(error, FileNotFoundError) else 126
        return await _whole(shell, content.decode("utf-8", "surrogateescape"))
    if process.terminal is not None:
        return await _interactive(shell, process.terminal)
    return await _piped(shell)


async def _whole(shell: "Shell", script: str) -> int:
    from kty.demo.pods.shell.parser import parse

    try:
        return await shell.contained(parse(script))
    except SyntaxFault as mistake:
        await shell.complain(str(mistake))
        return 2


async def _piped(shell: "Shell") -> int:
    """Run what comes from the standard input, command by command; programs may read from there too."""
    from kty.demo.pods.shell.flow import Exit

    while True:
        try:
            commands = await _next(shell)
        except SyntaxFault as mistake:
            await shell.complain(str(mistake))
            return 2
        if commands is None:
            return await shell.contained(Sequence(()))
        try:
            await shell.attempt(commands)
        except Exit as leaving:
            shell.status = leaving.code
            return await shell.contained(Sequence(()))


async def _next(shell: "Shell") -> Sequence | None:
    """Read lines until they are whole commands; None at the end of the input."""
    from kty.demo.pods.shell.parser import parse

    text = ""
    while line := await shell.process.stdin.line():
        text += line.decode("utf-8", "surrogateescape")
        try:
            return parse(text)
        except Unfinished:
            continue
    if text:
        parse(text)  # says what is missing
    return None


async def _interactive(shell: "Shell", terminal: "Terminal") -> int:
    from kty.demo.pods.shell.completion import completer
    from kty.demo.pods.shell.line_editor import Interrupted, LineEditor
    from kty.demo.pods.shell.parser import parse

    editor = LineEditor(terminal, shell.machine.history, completer(shell))
    await shell.process.say(BANNER)
    text = ""
    while True:
        try:
            line = await editor.read("> " if text else _prompt(shell))
        except Interrupted:
            text, shell.status = "", 130
            continue
        if line is None:
            return shell.status
        text += line + "\n"
        try:
            commands = parse(text)
        except Unfinished:
            continue
        except SyntaxFault as mistake:
            await shell.complain(str(mistake))
            text, shell.status = "", 2
            continue
        text = ""
        if await _in_foreground(shell, terminal, commands):
            return shell.status


async def _in_foreground(shell: "Shell", terminal: "Terminal", commands: Sequence) -> bool:
    """Run what was typed; Ctrl-C ends it. Return whether the shell is to end."""
    from kty.demo.pods.shell.flow import Exit

    task = asyncio.ensure_future(shell.attempt(commands))
    before, terminal.interrupt = terminal.interrupt, task.cancel
    try:
        await asyncio.wait({task})
        if task.cancelled():
            shell.status = 130
            await shell.process.say("\n")
            return False
        task.result()
    except Exit as leaving:
        shell.status = leaving.code
        return not leaving.is_mistake
    finally:
        task.cancel()
        terminal.interrupt = before
        terminal.echoes = True
    return False


def _prompt(shell: "Shell") -> str:
    home = shell.value("HOME") or ""
    cwd = shell.cwd
    where = "~" + cwd[len(home) :] if home not in ("", "/") and (cwd + "/").startswith(home + "/") else cwd
    shown = shell.variables.get("PS1", "")
    for sign, text in ((r"\w", where), (r"\h", shell.machine.hostname), (r"\u", "root"), (r"\$", "#")):
        shown = shown.replace(sign, text)
    return shown
