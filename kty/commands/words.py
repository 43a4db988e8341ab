"""The words that each command takes. Nothing here needs a cluster: `--help` and mistakes are answered at once."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kty.commands.arguments import CommandParser, add_cluster
from kty.errors import UsageError

MOST_OPTIONS = 200
"""Words that begin with a dash; argparse takes the square of their number in time, and a server has many people."""
MOST_LETTERS = 4096
"""Characters of those that begin with one dash, each of which may be an option of its own."""
_SELECTORS = "Selectors are kubectl's: -l app=web, --field-selector status.phase=Running."


@dataclass(frozen=True, slots=True)
class Asked:
    """A command and what was asked of it."""

    command: str
    given: argparse.Namespace


def parse(command: str, words: Sequence[str], *, local: bool = False) -> Asked:
    """Read the words behind a command. Raises UsageError, and HelpAsked.

    `local` lets them choose the cluster, too: at this machine, where kubeconfigs are the person's own.
    """
    words, program = _split(words) if command == "exec" else (list(words), None)
    options = [word for word in words if word.startswith("-")]
    if len(options) > MOST_OPTIONS or sum([len(word) for word in options if word[1:2] != "-"]) > MOST_LETTERS:
        raise UsageError("there are too many options", hint=f"`kty {command} --help` lists what is possible")
    parser = _PARSERS[command](f"kty {command}")
    if local:
        add_cluster(parser)
        parser.add_argument("--demo", action="store_true", help="ask a small cluster inside kty")
    given = parser.parse_intermixed_args(words)
    if program is not None:
        given.program = program
    _check(command, given)
    return Asked(command, given)


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what is said about a program, and the program: it stands behind the first `--`."""
    at = words.index("--") if "--" in words else len(words)
    return list(words[:at]), list(words[at + 1 :])


def _add_place(parser: argparse.ArgumentParser, *, several: bool = True) -> None:
    if several:
        parser.add_argument(
            "-n", "--namespace", action="append", metavar="NAME", help="in this namespace; may be given several times"
        )
        parser.add_argument("-A", "--all-namespaces", action="store_true", help="in all namespaces")
    else:
        parser.add_argument("-n", "--namespace", metavar="NAME", help="in this namespace")


def _get(prog: str) -> CommandParser:
    parser = CommandParser(prog, "Print objects: as a table, as YAML or JSON, or their names.", _SELECTORS)
    parser.usage = (
        "%(prog)s [-n NAME | -A] [-l LABELS] [--field-selector FIELDS]\n"
        "               [-o FORM] [-w] KIND [NAME ...] | KIND/NAME ..."
    )
    parser.add_argument(
        "words",
        nargs="+",
        metavar="KIND",
        help="pods, deploy, pods,svc, crontabs.example.com, all",
    )
    _add_place(parser)
    parser.add_argument("-l", "--selector", default="", metavar="LABELS", help="objects with these labels only")
    parser.add_argument("--field-selector", default="", metavar="FIELDS", help="objects with these fields only")
    parser.add_argument("-o", "--output", default="", choices=("wide", "yaml", "json", "name"), help="in which form")
    parser.add_argument("-w", "--watch", action="store_true", help="go on, and print what changes")
    return parser


def _logs(prog: str) -> CommandParser:
    parser = CommandParser(
        prog, "Print what containers print.", "Lines of several containers begin with whose they are."
    )
    parser.add_argument("words", nargs="*", metavar="POD", help="pods by name, or KIND/NAME such as deploy/web")
    _add_place(parser, several=False)
    parser.add_argument("-l", "--selector", default="", metavar="LABELS", help="pods with these labels")
    parser.add_argument("-f", "--follow", action="store_true", help="go on, over restarts and broken connections")
    parser.add_argument("-p", "--previous", action="store_true", help="the run before this one")
    parser.add_argument(
        "-c", "--container", action="append", default=[], metavar="NAME", help="this container of each pod"
    )
    parser.add_argument("--all-containers", action="store_true", help="all containers of each pod")
    parser.add_argument("--tail", type=int, metavar="LINES", help="the last lines only (with -l: 10, else all)")
    parser.add_argument("--since", default="", metavar="SPAN", help="what was printed since, such as 5m or 1h30m")
    parser.add_argument("--timestamps", action="store_true", help="let lines begin with their times")
    parser.add_argument("--raw", action="store_true", help="print lines as they are, even what a terminal obeys")
    return parser


def _exec(prog: str) -> CommandParser:
    parser = CommandParser(
        prog,
        "Run a program in a container. kty exits with its status.",
        "With -t and no program, it is the best shell that the container has.",
    )
    parser.usage = "%(prog)s [-i] [-t] [-n NAME] [-c NAME] POD -- PROGRAM [ARGUMENT ...]"
    parser.add_argument(
        "pod", metavar="POD", help="its name, NAMESPACE/POD[/CONTAINER], or KIND/NAME such as deploy/web"
    )
    _add_place(parser, several=False)
    parser.add_argument("-c", "--container", default="", metavar="NAME", help="in this container")
    parser.add_argument("-i", "--stdin", action="store_true", help="let it read what kty reads")
    parser.add_argument("-t", "--tty", action="store_true", help="give it this terminal, keys included")
    return parser


def _describe(prog: str) -> CommandParser:
    parser = CommandParser(prog, "Describe objects in words, with the events about them.")
    parser.add_argument("words", nargs="+", metavar="KIND/NAME", help="or KIND NAME ...")
    _add_place(parser, several=False)
    return parser


def _events(prog: str) -> CommandParser:
    parser = CommandParser(prog, "Print events, the newest last.")
    parser.add_argument("words", nargs="*", metavar="KIND/NAME", help="those about this object")
    _add_place(parser)
    parser.add_argument("-o", "--output", default="", choices=("wide", "yaml", "json", "name"), help="in which form")
    parser.add_argument("-w", "--watch", action="store_true", help="go on, and print those that come")
    return parser


def _whoami(prog: str) -> CommandParser:
    parser = CommandParser(prog, "Print who the server takes you for, and which server that is.")
    parser.add_argument("-o", "--output", default="", choices=("yaml", "json"), help="the server's answer as it is")
    return parser


_PARSERS: Mapping[str, Callable[[str], CommandParser]] = {
    "get": _get,
    "logs": _logs,
    "exec": _exec,
    "describe": _describe,
    "events": _events,
    "whoami": _whoami,
}

COMMANDS = tuple(_PARSERS)
"""The commands that are for a cluster and need no screen."""


def summary(command: str) -> str:
    """Say in a sentence what a command is for."""
    return _PARSERS[command](f"kty {command}").description or ""


def _check(command: str, given: argparse.Namespace) -> None:
    """Refuse what contradicts itself."""
    if getattr(given, "demo", False) and (given.context is not None or given.kubeconfig is not None):
        raise UsageError("--demo is a cluster of its own", hint="leave --context and --kubeconfig out")
    if command in ("get", "events"):
        given.namespaces = _namespaces(given)
        if given.watch and len(given.namespaces or ()) > 1:
            raise UsageError("-w follows one namespace, or all of them", hint="-A takes all")
    elif command == "logs":
        _check_logs(given)
    elif command == "exec" and not given.program and not given.tty:
        raise UsageError("which program is to run?", hint=f"kty exec {given.pod} -- ls -l")


def _namespaces(given: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the namespaces that are named: empty for all of them, None where it was left out."""
    if given.namespace and given.all_namespaces:
        raise UsageError("-n names some namespaces and -A means all of them", hint="leave one of the two out")
    names = [name for value in given.namespace or () for name in value.split(",") if name]
    if given.namespace and not names:
        raise UsageError("-n wants the name of a namespace", hint="-A means all of them")
    return () if given.all_namespaces else tuple(dict.fromkeys(names)) or None


def _check_logs(given: argparse.Namespace) -> None:
    if bool(given.words) == bool(given.selector):
        raise UsageError("whose logs?", hint="name pods, or KIND/NAME such as deploy/web, or select pods with -l")
    if given.follow and given.previous:
        raise UsageError("the run before is over, so -p cannot be followed", hint="leave one of -f and -p out")
    if given.container and given.all_containers:
        raise UsageError("-c names some containers and --all-containers means all", hint="leave one of the two out")
    if given.tail is not None and given.tail < -1:
        raise UsageError(f"--tail {given.tail} is no number of lines", hint="--tail 100 prints the last hundred")
