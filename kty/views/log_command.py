"""What a line that begins with `logs` asks for.

    logs [NAME]... [-l SELECTOR] [-n NAMESPACE[,NAMESPACE]...|all] [-c CONTAINER]... [-p] [@CONTEXT] [/LINES]

A NAME is a part of a pod's name, or a pattern: `web-*`. LINES is what of the lines is shown, and the last of all.
"""

import re
from dataclasses import dataclass, field

from kty.errors import UsageError
from kty.kube import selectors
from kty.text import printable
from kty.views.view import Browse, Logs

LOGS = frozenset({"logs", "log"})
ALL = frozenset({"all", "*"})
OPTIONS = (
    ("-l", "a label selector, such as app=web"),
    ("-n", "namespaces, or all"),
    ("-c", "a container of each pod"),
    ("-p", "the run before"),
)

_WORD = r"""(?:'[^']*'|"[^"]*"|\s+(?:not)?in\s*\([^)]*\)|\([^)]*\)|[^\s'"()])+"""
_PART = re.compile(
    rf"""\s*(?:
        /(?P<lines>.*)
      | -(?P<option>[lnc])(?:[\s=]*(?P<value>{_WORD}))?
      | (?P<previous>-p)(?=\s|\Z)
      | @(?P<context>{_WORD})?
      | (?P<name>{_WORD})
    )""",
    re.DOTALL | re.VERBOSE,
)
_WANTS = {
    "l": "-l wants a label selector, such as app=web",
    "n": "-n wants a namespace",
    "c": "-c wants the name of a container",
}
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_is_namespace = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?").fullmatch
_is_pattern = re.compile(r"[a-z0-9.*?\[\]!-]+").fullmatch


@dataclass(frozen=True, slots=True)
class ShowLogs:
    """What the containers of some pods print."""

    logs: Logs
    context: str = ""
    """Empty keeps the one that is shown."""


@dataclass(slots=True)
class _Asked:
    names: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    namespaces: list[str] | None = None
    containers: list[str] = field(default_factory=list)
    previous: bool = False
    context: str = ""
    lines: str = ""

    def take(self, part: re.Match[str]) -> None:
        if part["lines"] is not None:
            self.lines = part["lines"].strip()
        elif part["option"]:
            self._take_option(part["option"], _unquoted(part["value"] or ""))
        elif part["previous"]:
            self.previous = True
        elif part["name"] is not None:
            self._take_name(_unquoted(part["name"]))
        elif part["context"] is None:
            raise UsageError("@ wants the name of a context")
        else:
            self.context = _unquoted(part["context"])

    def _take_option(self, option: str, value: str) -> None:
        if not value:
            raise UsageError(_WANTS[option])
        if option == "l":
            self.labels.append(value)
        elif option == "c":
            self.containers.append(value)
        else:
            names = [name for name in value.split(",") if name]
            for name in names:
                if name not in ALL and not _is_namespace(name):
                    raise UsageError(f"`{printable(name)}` cannot be the name of a namespace")
            is_all = self.namespaces == [] or not ALL.isdisjoint(names)
            self.namespaces = [] if is_all else [*(self.namespaces or ()), *names]

    def _take_name(self, name: str) -> None:
        if name.startswith("-"):
            options = ", ".join(option for option, _ in OPTIONS)
            raise UsageError(f"there is no option {printable(name)}", hint=f"there are {options}")
        if "=" in name:
            self.labels.append(name)
        elif _is_pattern(name):
            self.names.append(name)
        else:
            raise UsageError(
                f"`{printable(name)}` cannot be in the name of a pod", hint="what to show of the lines begins with /"
            )


def read_logs(text: str) -> ShowLogs:
    """Return what is asked for behind `logs`. Raises UsageError with one sentence for what means nothing."""
    asked = _Asked()
    at, text = 0, text.strip()
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise UsageError(f"a quote or parenthesis in `{printable(text[at:].strip())}` has no other half")
        asked.take(part)
        at = part.end()
    labels = str(selectors.parse(",".join(asked.labels)))
    namespaces: list[str | None] = [None] if asked.namespaces is None else [*asked.namespaces] or [""]
    title = " ".join(["pods", *asked.names, labels, *_in(asked.namespaces)]).replace("  ", " ").strip()
    first, *others = [Browse("pods", namespace=each, labels=labels, title=title) for each in namespaces]
    logs = Logs(
        first,
        tuple(others),
        names=tuple(asked.names),
        containers=tuple(asked.containers),
        previous=asked.previous,
        lines=asked.lines,
    )
    return ShowLogs(logs, asked.context)


def _in(namespaces: list[str] | None) -> list[str]:
    if namespaces is None:
        return []
    return ["in", ", ".join(namespaces) or "all namespaces"]


def _unquoted(word: str) -> str:
    return _QUOTED.sub(lambda found: found[1] or found[2] or "", word).strip()
