"""What the Tab key adds to a line."""

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from kty.demo.pods.files import Directory

if TYPE_CHECKING:
    from kty.demo.pods.shell.interpreter import Shell


def completer(shell: "Shell") -> Callable[[str], tuple[str, list[str]]]:
    """Return what says, for the line before the cursor, what may be added for certain, and what the choices are."""

    def complete(line: str) -> tuple[str, list[str]]:
        from kty.demo.pods.shell.builtins import BUILTINS

        word = line.rpartition(" ")[2]
        is_first = not line.rpartition(" ")[0].strip() and "/" not in word
        names = sorted({*BUILTINS, *shell.machine.programs}) if is_first else _names(shell, word)
        base = word if is_first else posixpath.basename(word)
        choices = [name for name in names if name.startswith(base) and (base or not name.startswith("."))]
        common = posixpath.commonprefix(choices)[len(base) :]
        done = len(choices) == 1 and not choices[0].endswith("/")
        return common + (" " if done else ""), choices

    return complete


def _names(shell: "Shell", word: str) -> list[str]:
    try:
        listing = shell.files.directory(posixpath.dirname(word) or ".", shell.cwd).listing()
    except OSError:
        return []
    return sorted(name + ("/" if isinstance(node, Directory) else "") for name, node in listing.items())
