"""Read the command line and join the parts; what is heavy is imported once it is sure to be needed."""

import argparse
import gc
import os
import stat
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kty import __version__
from kty.commands.arguments import Parser, add_cluster, take_command
from kty.errors import ConfigError, KtyError, UsageError
from kty.text import printable

if TYPE_CHECKING:
    from kty.kube.config import Config, Kubeconfig

COMMANDS = ("get", "logs", "exec", "describe", "events", "whoami", "serve", "crd", "users", "resources", "play")
"""Words that are commands, now or later: they win over kinds of the same name, which open as `kty :events`."""

READY = ("get", "logs", "exec", "describe", "events", "whoami", "serve", "crd")
"""Those of them that there are."""


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
    log_file: str = ""
    demo: int | None = None
    """How many pods the demo has beside its shop's; None for no demo."""


MOST_PODS = 100_000
"""Pods that the demo makes at most: they are held in memory."""


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kty",
        description="A terminal for live Kubernetes clusters.",
        epilog="Inside: ? shows the keys that apply, : opens any kind, / filters, ctrl+c quits.\n"
        "Without a screen: `kty get`, logs, exec, describe, events, whoami (--help).\n"
        "`kty crd types NAME` writes Python classes for a custom resource.\n"
        "`kty serve --as-me` serves all this over SSH.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "resource", nargs="*", help="what to list first, as typed after `:` inside (pods, deploy, :events)"
    )
    add_cluster(parser)
    parser.add_argument(
        "-n", "--namespace", action="append", metavar="NAME", help="show this namespace; may be given several times"
    )
    parser.add_argument("-A", "--all-namespaces", action="store_true", help="show all namespaces")
    parser.add_argument(
        "--demo", action="store_true", help="open a small cluster inside kty; --demo=10000: a large one"
    )
    parser.add_argument("--readonly", action="store_true", help="offer nothing that changes the cluster")
    parser.add_argument("--log-file", default="", metavar="FILE", help="write what happens inside to this file")
    parser.add_argument("--version", action="version", version=f"kty {__version__}")
    return parser


def parse(arguments: Sequence[str]) -> Options:
    """Return what the command line asks for. Raises UsageError."""
    arguments, demo = _take_demo(arguments)
    given = _parser().parse_intermixed_args(arguments)
    if given.demo and (given.context is not None or given.kubeconfig is not None):
        raise UsageError("--demo is a cluster of its own", hint="leave --context and --kubeconfig out")
    words = " ".join(given.resource).split()
    if words and words[0] in READY:
        raise UsageError(
            f"`kty {words[0]}` is a command, and `kty {' '.join(arguments)}` is none of its forms",
            hint=f"`kty {words[0]} --help` lists them; a kind of that name opens as `kty :{words[0]}`",
        )
    if words and words[0] in COMMANDS:
        raise UsageError(
            f"`kty {words[0]}` is a command that this version does not have yet",
            hint=f"a kind of that name opens as `kty :{words[0]}`",
        )
    if given.namespace and given.all_namespaces:
        raise UsageError("-n names some namespaces and -A means all of them", hint="leave one of the two out")
    names = [name for value in given.namespace or () for name in value.split(",") if name]
    if given.namespace and not names:
        raise UsageError("-n wants the name of a namespace", hint="-A shows all of them")
    return Options(
        resource=" ".join(words).removeprefix(":"),
        context=given.context,
        kubeconfig=given.kubeconfig,
        namespaces=() if given.all_namespaces else tuple(dict.fromkeys(names)) or None,
        readonly=given.readonly,
        log_file=given.log_file,
        demo=demo if given.demo else None,
    )


def _take_demo(arguments: Sequence[str]) -> tuple[list[str], int]:
    """Return the arguments with `--demo=N` as `--demo`, and N: only in that form is the next word left alone."""
    taken, pods = list(arguments), 0
    for at, argument in enumerate(arguments):
        if argument.startswith("--demo="):
            count = argument.removeprefix("--demo=")
            if not (count.isascii() and count.isdigit() and len(count) < 10 and int(count) <= MOST_PODS):
                raise UsageError(
                    f"{argument} names no number of pods", hint=f"--demo=10000 makes so many, {MOST_PODS:,} at most"
                )
            taken[at], pods = "--demo", int(count)
    return taken, pods


def _log_to(path: str) -> None:
    """Write kty's log to the end of a file that its owner alone may read. Without it nothing is logged anywhere."""
    import logging

    logging.raiseExceptions = False  # a full disk is no reason to write on the screen
    root = logging.getLogger()
    if not path:
        root.addHandler(logging.NullHandler())
        return
    try:
        stream = open(path, "a", encoding="utf-8", errors="backslashreplace", opener=_open_private)  # noqa: SIM115
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the log file {path} cannot be written: {_reason(error)}", hint="name another one with --log-file"
        ) from error
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    logging.getLogger("kty").setLevel(logging.DEBUG)


def _open_private(path: str, flags: int) -> int:
    handle = os.open(path, flags, 0o600)
    try:
        if hasattr(os, "fchmod") and stat.S_ISREG(
            os.fstat(handle).st_mode
        ):  # it may have been there, for others to read
            os.fchmod(handle, 0o600)
    except OSError:
        os.close(handle)
        raise
    return handle


def _reason(error: Exception) -> str:
    return ((isinstance(error, OSError) and error.strerror) or str(error)).lower()


def _run(arguments: Sequence[str]) -> int:
    command, rest = take_command(arguments, READY)
    if command == "crd":
        from kty.commands.crd import crd

        return crd(rest)
    if command == "serve":
        from kty.serve import serve

        return serve(rest)
    if command:
        return _perform(command, rest)
    options = parse(arguments)
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout)):  # None where it is closed
        raise UsageError(
            "kty draws on a terminal, and stdin or stdout is none",
            hint="run it in a terminal; `ssh -t` makes one, and `kty --demo` needs no cluster there",
        )
    _log_to(options.log_file)
    found = None if options.demo is not None else _find_cluster(options)
    from kty.settings import load_settings
    from kty.state import State

    settings, state = load_settings(), State.load()
    gc.disable()  # nothing to find among what is only being imported; the app turns it on
    with ExitStack() as stack:
        if found is None:
            from kty.demo.running import running
            from kty.kube.config import infer, loads

            kubeconfig = loads(stack.enter_context(running(pods=options.demo or 0)).kubeconfig)
            found = infer(known=kubeconfig), kubeconfig
        config, kubeconfig = found
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


def _perform(command: str, words: Sequence[str]) -> int:
    """Run a command that needs a cluster and no screen."""
    from kty.commands.arguments import HelpAsked
    from kty.commands.words import parse as parse_words

    at = words.index("--") if "--" in words else len(words)  # what stands behind is for a program
    before, pods = _take_demo(words[:at])
    try:
        asked = parse_words(command, [*before, *words[at:]], local=True)
    except HelpAsked as help_text:
        if sys.stdout is not None:
            sys.stdout.write(str(help_text))
        return 0
    _log_to("")
    from kty.kube.config import infer, loads

    gc.disable()  # nothing to find among what is only being imported; the command turns it on
    with ExitStack() as stack:
        if asked.given.demo:
            from kty.demo.running import running

            config = infer(known=loads(stack.enter_context(running(pods)).kubeconfig))
        else:
            kubeconfig, context = asked.given.kubeconfig, asked.given.context
            config = infer(kubeconfig, context)
        from kty.commands.local import run_here

        return run_here(asked, config)


def _find_cluster(options: Options) -> "tuple[Config, Kubeconfig] | None":
    """Return the cluster that a kubeconfig names; None where there is none and the person takes the demo instead.

    Raises ConfigError, whose hint names the demo where nothing else could be opened.
    """
    from kty.kube.config import infer, load

    is_named = bool(options.kubeconfig or options.context or os.environ.get("KUBECONFIG"))
    kubeconfig = None
    try:
        kubeconfig = load(options.kubeconfig)
        return infer(options.kubeconfig, options.context, known=kubeconfig), kubeconfig
    except ConfigError as error:
        if kubeconfig is not None:
            if kubeconfig.contexts:
                raise
            if not is_named and not kubeconfig.is_found and _wants_demo(str(error)):
                return None
        hint = "`kty --demo` opens a cluster of its own"
        raise ConfigError(str(error), hint="; ".join(filter(None, (error.hint, hint)))) from error


def _wants_demo(reason: str) -> bool:
    """Ask whether to open the demo; Enter means yes, and the end of all input no."""
    sys.stderr.write(f"kty: {printable(reason)}. Open the demo, a small cluster inside kty? [Y/n] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        sys.stderr.write("\n")
    return answer.strip().lower() in ("", "y", "yes") and answer.endswith("\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run kty. Returns the exit status: 0, or 1 and 2 (wrong usage) after one sentence on stderr."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KtyError as error:
        _say(error.sentence())
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        import logging

        logging.getLogger("kty").critical("kty crashed", exc_info=True)
        _say(f"something went wrong inside ({type(error).__name__}): --log-file FILE keeps what is needed to report it")
        return 1


def _say(sentence: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"kty: {printable(sentence)}\n")
