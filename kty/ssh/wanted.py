"""What the client of a session wants, by the name that it logged in with and the words that it sent.

A name like `shop/web-1`, `shop/web-1/proxy` or `shop+web-1+proxy` leads into a container, and whatever is sent is for
a shell there, as sshd hands it to the shell of an account. Other names say nothing.
"""

import re
import shlex
from dataclasses import dataclass
from typing import TypeAlias

from kty.commands.performing import UNKNOWN
from kty.commands.words import COMMANDS, summary
from kty.runtime.shells import line_command
from kty.ssh.facts import shown
from kty.text import printable

_USAGE = 2
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_PLACE = re.compile(
    rf"(?P<namespace>{_LABEL})(?P<by>[/+])(?P<pod>{_LABEL}(?:\.{_LABEL})*)(?:(?P=by)(?P<container>{_LABEL}))?"
)
"""Names as Kubernetes has them; with `+`, whatever else is some account's name."""
_COPIES = frozenset(("rsync", "scp", "sftp-server"))
"""Programs that copy files."""
_THERE_ARE = f"there are {', '.join(COMMANDS)}, and help; ssh without a command opens the screens"


@dataclass(frozen=True, slots=True)
class Screens:
    """The screens of the app."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, in the words of `kty.commands`."""

    words: tuple[str, ...]
    what: str
    """In a few words, for the log: nothing of what a program is told, which may be secret."""


@dataclass(frozen=True, slots=True)
class Told:
    """What there is, in lines."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing that there is."""

    status: int
    said: str
    reason: str = ""
    """A constant word for logs and metrics; none for a mistake that nobody else has to know of."""
    why: str = ""
    """What logs say of it, where that is not the same: a word that is no command may be a secret."""


Wanted: TypeAlias = Screens | Command | Told | Refused


def wanted(username: str, line: str | None, *, term: str | None) -> Wanted:
    """Return what is wanted; `line` is None where nothing was sent, and `term` where there is no terminal."""
    found = _PLACE.fullmatch(username)
    if found is not None:
        return _inside(found["namespace"], found["pod"], found["container"] or "", line, term)
    if "/" in username:
        return Refused(
            _USAGE, f"{printable(username)!r} names no container: NAMESPACE/POD@ or NAMESPACE/POD/CONTAINER@ does"
        )
    if line is not None:
        return _command(line)
    return Screens()


def _inside(namespace: str, pod: str, container: str, line: str | None, term: str | None) -> Command:
    """Run a line as a shell does, or the shell itself."""
    flags = "-i" if term is None else "-it"
    if line is not None:
        program = line_command(line, term)
    else:
        program = ["sh"] if term is None else []  # with a terminal, it is the best shell that there is
    place = ("-n", namespace, *(("-c", container) if container else ()), pod)
    return Command(("exec", flags, *place, "--", *program), f"a shell in {namespace}/{pod}")


def _command(line: str) -> Wanted:
    try:
        words = shlex.split(line)
    except ValueError as error:
        return Refused(_USAGE, f"these are no words that a shell would take: {str(error).lower()}")
    if words in (["help"], ["help", "help"], ["--help"], ["-h"]):
        return Told(_help())
    if len(words) == 2 and words[0] == "help":
        words = [words[1], "--help"]
    name = words[0] if words else ""
    if name not in COMMANDS:
        said = f"there is no command {printable(name)!r}: {_THERE_ARE}"
        program = name.rpartition("/")[2]
        why = f"{program if program in _COPIES else 'a command that there is not'} was asked for"
        return Refused(UNKNOWN, said, reason="command", why=why)
    return Command(tuple(words), name)


def _help() -> tuple[str, ...]:
    wide = max(map(len, COMMANDS))
    return (
        *(f"{name:{wide}}  {summary(name)}" for name in COMMANDS),
        "",
        f"{'help':{wide}}  With a command behind it, all that it takes; so does its --help.",
        "",
        "ssh without a command opens the screens; ssh NAMESPACE/POD@… leads into a container.",
    )


def refused_subsystem(name: str) -> Refused:
    """Say that there is no such subsystem (RFC 4254, section 6.5)."""
    what = f"{name}, so no files are copied" if name == "sftp" else f"subsystem {name!r}"
    said = f"there is no {printable(what)}: {_THERE_ARE}"
    return Refused(UNKNOWN, said, reason="subsystem", why=shown(f"the subsystem {name} was asked for"))
