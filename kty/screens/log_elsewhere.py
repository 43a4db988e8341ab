"""Bring log lines to a person who sits at another machine: by their clipboard, else by a command to run there."""

import re
import shlex
from collections.abc import Iterator, Sequence
from math import ceil

from kty.runtime.log_follower import LogSource
from kty.screens.log_saving import written
from kty.term.clipboard import LARGEST
from kty.text import printable
from kty.widgets.log_ring import LogLine

_HERE = "HOST"
"""What stands for the server where nobody knows by which address the person came."""

_is_name = re.compile(r"[^-\s].*", re.DOTALL).fullmatch
"""A name that no command takes for an option."""


def copied(lines: Iterator[LogLine], names: Sequence[str], *, times: bool) -> tuple[str, int] | None:
    """Return the lines as one text, as they would be saved, and how many; None where no clipboard takes so much."""
    pieces: list[str] = []
    room = LARGEST
    for line in lines:
        piece = written(line, names, times=times)
        room -= len(piece)
        if room < 0:
            return None
        pieces.append(
            "".join(printable(part) + "\n" for part in piece.decode("utf-8", "replace").removesuffix("\n").split("\n"))
        )
    return "".join(pieces), len(pieces)


def command(
    server: tuple[str, int] | None,
    sources: Sequence[LogSource],
    *,
    previous: bool = False,
    times: bool = False,
    seconds: float | None = None,
) -> str:
    """Return what saves these logs when it is typed into a shell of the person's own; empty where there are none.

    `server` is where they came in, `seconds` since when. A namespace has a command of its own.
    """
    sources = [each for each in sources if _is_name(each.pod) and _is_name(each.namespace) and _is_name(each.container)]
    spaces = {source.namespace: [each for each in sources if each.namespace == source.namespace] for source in sources}
    told = [
        (space, _words(space, there, previous=previous, times=times, seconds=seconds))
        for space, there in spaces.items()
    ]
    one = len(told) == 1 and len({source.pod for source in sources}) == 1
    return "; ".join(f"{_ssh(server, words)} > {_file(sources[0].pod if one else space)}" for space, words in told)


def _words(
    namespace: str, sources: Sequence[LogSource], *, previous: bool, times: bool, seconds: float | None
) -> list[str]:
    pods = dict.fromkeys(source.pod for source in sources)
    containers = dict.fromkeys(source.container for source in sources)
    words = ["logs", *pods, "-n", namespace]
    for container in containers:
        words += ["-c", container]
    words += ["-p"] * previous + ["--timestamps"] * times
    return words + (["--since", f"{ceil(seconds)}s"] if seconds is not None else [])


def _ssh(server: tuple[str, int] | None, words: Sequence[str]) -> str:
    host, port = server or (_HERE, 22)
    to = ["ssh", *(["-p", str(port)] if port != 22 else []), host]
    # The server's side reads what it gets as a shell would, once more.
    asked = shlex.join(words)
    return f"{shlex.join(to)} {asked if asked == ' '.join(words) else shlex.quote(asked)}"


def _file(name: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-.') or 'logs'}.log"
