"""What a line that begins with `logs` asks for.

    logs [NAME|KIND/NAME]... [-l SELECTOR] [-n NAMESPACE[,NAMESPACE]...|all] [-c CONTAINER]... [-p] [@CONTEXT] [/LINES]

A NAME is a part of a pod's name, or a pattern: `web-*`; KIND/NAME is an object that has pods, or is one: `deploy/web`.
LINES is what of the lines is shown, and the last of all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from kty.errors import UsageError
from kty.kube import selectors
from kty.kube.resource import Resource
from kty.text import printable
from kty.views.logs import HAVE_LOGS
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
_is_name = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?").fullmatch
_is_pattern = re.compile(r"[a-z0-9.*?\[\]!-]+").fullmatch


@dataclass(frozen=True, slots=True)
class Named:
    """An object by its name."""

    resource: Resource
    name: str

    @property
    def shown(self) -> str:
        """What it is called: `deployment/web`."""
        return f"{self.resource.singular or self.resource.plural}/{self.name}"


@dataclass(frozen=True, slots=True)
class ShowLogs:
    """What the containers of some pods print."""

    logs: Logs
    context: str = ""
    """Empty keeps the one that is shown."""
    of: tuple[Named, ...] = ()
    """Whose pods they are, where that was said: the cluster has yet to tell which these are, and `logs` says where to
    look for the objects."""


@dataclass(slots=True)
class _Asked:
    kind: Callable[[str], Resource]
    of: list[Named] = field(default_factory=list)
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
        kind, slash, name_of = name.partition("/")
        if "=" in name:
            self.labels.append(name)
        elif slash:
            self._take_object(kind, name_of)
        elif _is_pattern(name):
            self.names.append(name)
        else:
            raise UsageError(
                f"`{printable(name)}` cannot be in the name of a pod", hint="what to show of the lines begins with /"
            )

    def _take_object(self, kind: str, name: str) -> None:
        resource = self.kind(kind)
        if resource.id not in HAVE_LOGS:
            raise UsageError(f"{resource.plural} have no logs", hint="pods have, and what pods belong to: deploy/web")
        if not name:
            raise UsageError(f"{kind}/ wants the name of one of the {resource.plural}")
        if not _is_name(name):
            raise UsageError(
                f"`{printable(name)}` cannot be the name of one of the {resource.plural}",
                hint="patterns are for the names of pods, and stand alone: web-*",
            )
        self.of.append(Named(resource, name))

    def check(self) -> None:
        """Raise UsageError for what cannot be asked for at once."""
        if self.of and (other := next(iter([*self.names, *self.labels]), "")):
            raise UsageError(
                f"`{printable(other)}` and {printable(self.of[0].shown)} cannot be asked for at once",
                hint="name objects, or say which pods by their names and labels",
            )


def read_logs(text: str, kind: Callable[[str], Resource]) -> ShowLogs:
    """Return what is asked for behind `logs`.

    `kind` finds a kind by one of its names. Raises UsageError with one sentence for what means nothing, as `kind` does.
    """
    asked = _Asked(kind)
    at, text = 0, text.strip()
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise UsageError(f"a quote or parenthesis in `{printable(text[at:].strip())}` has no other half")
        asked.take(part)
        at = part.end()
    asked.check()
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
    return ShowLogs(logs, asked.context, tuple(dict.fromkeys(asked.of)))


def _in(namespaces: list[str] | None) -> list[str]:
    if namespaces is None:
        return []
    return ["in", ", ".join(namespaces) or "all namespaces"]


def _unquoted(word: str) -> str:
    return _QUOTED.sub(lambda found: found[1] or found[2] or "", word).strip()
