"""Let a person change a text in their own editor, on the machine where they sit."""

import asyncio
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kty.errors import UsageError
from kty.term.terminal import Terminal

VARIABLES = ("KUBE_EDITOR", "VISUAL", "EDITOR")
"""Which editor a person wants: kubectl's variable first, then what every program asks."""

ELSEWHERE = "an editor would run on the machine where kty runs, and you sit at another: nothing is edited"


def is_chosen(env: Mapping[str, str]) -> bool:
    """Say whether a person chose an editor."""
    return any(env.get(name, "").strip() for name in VARIABLES)


def editor(env: Mapping[str, str]) -> list[str]:
    """Return the command that edits a file, vi where none is chosen. Raises UsageError for one that cannot be read."""
    chosen = next((env[name] for name in VARIABLES if env.get(name, "").strip()), "vi")
    try:
        return shlex.split(chosen)
    except ValueError as error:
        raise UsageError(f"the editor {chosen!r} cannot be read: {error}") from error


async def edited(terminal: Terminal, text: str, *, suffix: str) -> str:
    """Return the text as the person left it. The terminal must be lent meanwhile (`TerminalApp.lent`).

    Nobody else can read the file, and it is gone afterwards. Raises UsageError where there is no such editor, where
    it fails, where it leaves no text, and where the person sits at another machine.
    """
    if terminal.remote:
        raise UsageError(ELSEWHERE)
    command = editor(terminal.env)
    descriptor, name = tempfile.mkstemp(prefix="kty-", suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        with terminal.aside():
            await _run([*command, name], terminal.env)
        try:
            return await asyncio.to_thread(path.read_text, "utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("the editor left no text") from error
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _run(command: list[str], env: Mapping[str, str]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(*command, env=dict(env) or None)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"the editor {command[0]} cannot be run: {reason}", hint="set EDITOR") from error
    try:
        code = await process.wait()
    except BaseException:
        process.terminate()
        await process.wait()
        raise
    if code:
        raise UsageError(f"the editor {command[0]} ended with {code}: nothing is changed")
