"""Read the words of a command line; what is wrong with them is one sentence."""

import argparse
from collections.abc import Collection, Sequence
from functools import partial
from typing import NoReturn

from kty.errors import UsageError

_BEFORE_COMMANDS = ("--context", "--kubeconfig", "--namespace", "-n")
_ALONE_BEFORE_COMMANDS = ("--demo", "--all-namespaces", "-A")

WIDTH = 80
"""Columns that a help text takes, whatever the terminal of this process has: it may be somebody else's."""


class HelpAsked(Exception):
    """`--help`: its text is what the command is to print, and no more."""


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would write on stderr and exit; `--help` still ends the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"`{self.prog} --help` lists what is possible")


class CommandParser(Parser):
    """Writes nothing and ends nothing: `--help` raises HelpAsked with the text."""

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        formatter = partial(argparse.RawDescriptionHelpFormatter, width=WIDTH)
        super().__init__(
            prog=prog, description=description, epilog=epilog, formatter_class=formatter, allow_abbrev=False
        )

    def print_help(self, file: object = None) -> NoReturn:
        raise HelpAsked(self.format_help())


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Let the parser take what chooses a cluster."""
    parser.add_argument("--context", help="the kubeconfig context to open (default: the current one)")
    parser.add_argument(
        "--kubeconfig", metavar="FILE", help="the kubeconfig to read (default: $KUBECONFIG, ~/.kube/config)"
    )


def take_command(arguments: Sequence[str], commands: Collection[str]) -> tuple[str, list[str]]:
    """Return which of the commands is named and the arguments for it; empty where none is named.

    It comes first; only what says where to look may stand before it.
    """
    at = 0
    while at < len(arguments) and arguments[at].startswith((*_BEFORE_COMMANDS, *_ALONE_BEFORE_COMMANDS)):
        has_value = arguments[at] in _BEFORE_COMMANDS
        at += 2 if has_value else 1
    if at >= len(arguments) or arguments[at] not in commands:
        return "", []
    before, behind = arguments[:at], arguments[at + 1 :]
    if arguments[at] != "crd":
        return arguments[at], [*before, *behind]  # before them, since behind `--` all is for a program
    if any(each.startswith(("-n", "--namespace", *_ALONE_BEFORE_COMMANDS)) for each in before):
        return "", []  # a custom resource's definition is in no namespace
    return "crd", [*behind, *before]  # behind the words, since options of the command's own stand there, too
