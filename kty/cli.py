"""Read the command line and join the parts; what is heavy is imported once it is sure to be needed."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from kty import __version__
from kty.errors import KtyError, UsageError
from kty.text import printable

COMMANDS = ("get", "logs", "exec", "describe", "events", "whoami", "serve", "crd", "users", "resources", "play")
"""Words that are commands, now or later: they win over kinds of the same name, which open as `kty :events`."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for."""

    resource: str = ""
    """The first list, in the words of the `:` command line; empty for pods."""
    context: str | None = None
    kubeconfig: str | None = None
    namespaces: tuple[str, ...] | None = None
    """None leaves the choice to what was shown last; empty means all of them."""
    readonly: bool = False
    log_file: str | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint="`kty --help` lists what is possible")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kty",
        description="A terminal for live Kubernetes clusters.",
        epilog="Inside: ? shows the keys that apply, : opens any kind, / filters, ctrl+c quits.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "resource", nargs="*", help="what to list first, as typed after `:` inside (pods, deploy, :events)"
    )
    parser.add_argument("--context", help="the kubeconfig context to open (default: the current one)")
    parser.add_argument(
        "--kubeconfig", metavar="FILE", help="the kubeconfig to read (default: $KUBECONFIG, ~/.kube/config)"
    )
    parser.add_argument(
        "-n", "--namespace", action="append", metavar="NAME", help="show this namespace; may be given several times"
    )
    parser.add_argument("-A", "--all-namespaces", action="store_true", help="show all namespaces")
    parser.add_argument("--readonly", action="store_true", help="offer nothing that changes the cluster")
    parser.add_argument("--log-file", metavar="FILE", help="write what happens inside to this file")
    parser.add_argument("--version", action="version", version=f"kty {__version__}")
    return parser


def parse(arguments: Sequence[str]) -> Options:
    """Return what the command line asks for. Raises UsageError."""
    given = _parser().parse_args(arguments)
    words: list[str] = given.resource
    if words and words[0] in COMMANDS:
        raise UsageError(
            f"`kty {words[0]}` is a command that this version does not have yet",
            hint=f"`kty :{words[0]}` lists the kind of that name",
        )
    if given.namespace and given.all_namespaces:
        raise UsageError("-n and -A exclude each other")
    names = [name for value in given.namespace or () for name in value.split(",") if name]
    if given.namespace and not names:
        raise UsageError("-n wants the name of a namespace")
    return Options(
        resource=" ".join(words).removeprefix(":"),
        context=given.context,
        kubeconfig=given.kubeconfig,
        namespaces=() if given.all_namespaces else tuple(dict.fromkeys(names)) or None,
        readonly=given.readonly,
        log_file=given.log_file,
    )


def _log_to(path: str) -> None:
    import logging

    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write the log file {path}: {error.strerror}") from error
    os.chmod(path, 0o600)  # noqa: PTH101 - what happens inside is nobody else's business
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("kty")
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    root.propagate = False


def _run(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    if options.log_file:
        _log_to(options.log_file)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "kty draws on a terminal, and stdin or stdout is none", hint="run it in a terminal, or `ssh -t` to one"
        )
    from kty.kube.config import infer, load
    from kty.settings import State, load_settings

    kubeconfig = load(options.kubeconfig)
    config = infer(options.kubeconfig, options.context)
    settings, state = load_settings(), State.load()

    gc.disable()  # nothing to find among what is only being imported; the app turns it on
    from kty.app import run
    from kty.screens.session import Session

    return run(
        lambda shared: Session(
            config,
            kubeconfig,
            shared,
            settings=settings,
            state=state,
            namespaces=options.namespaces,
            readonly=options.readonly or settings.readonly,
        ),
        options.resource,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run kty. Returns the exit status: 0, or 1 and 2 (wrong usage) after one sentence on stderr."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KtyError as error:
        sys.stderr.write(f"kty: {printable(error.sentence())}\n")
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
