"""What a line typed after `:` asks for.

    KIND [[-n] NAMESPACE[,NAMESPACE]...|all|*|-A] [SELECTOR|-l SELECTOR] [@CONTEXT] [/FILTER]
    logs [NAME|KIND/NAME]... [-l SELECTOR] [-n NAMESPACE] …      as `log_command` has it
    ns [NAMESPACE[,NAMESPACE]...|all|*]     ctx [CONTEXT]     theme [NAME]
    portforwards, pf     help, h, ?     quit, q, q!, exit

What comes after KIND may stand in any order; FILTER ends before `-l`, `-n`, `-A` and `@`. Quotes keep blanks together.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from kty.errors import UsageError
from kty.kube import selectors
from kty.kube.resource import Resource
from kty.text import printable
from kty.views.log_command import LOGS, ShowLogs, read_logs

CONTEXTS = frozenset({"ctx", "context", "contexts"})
NAMESPACES = frozenset({"ns", "namespace", "namespaces"})
PORT_FORWARDS = frozenset({"pf", "portforward", "portforwards", "port-forward", "port-forwards"})
THEME = frozenset({"theme"})
HELP = frozenset({"help", "h", "?"})
QUIT = frozenset({"q", "q!", "quit", "exit"})
ALL = frozenset({"all", "*"})


@dataclass(frozen=True, slots=True)
class Show:
    """A list of this kind."""

    resource: Resource
    namespaces: tuple[str, ...] | None = None
    """None keeps those that are shown; empty means all of them."""
    filter: str = ""
    """As typed; not checked here."""
    labels: str = ""
    """A label selector; empty for none."""
    context: str = ""
    """Empty keeps the one that is shown."""


@dataclass(frozen=True, slots=True)
class ShowContexts:
    """The contexts of the kubeconfig."""


@dataclass(frozen=True, slots=True)
class SwitchContext:
    """What is shown, in another context."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowNamespaces:
    """The namespaces of the cluster."""


@dataclass(frozen=True, slots=True)
class SwitchNamespaces:
    """What is shown, in other namespaces."""

    names: tuple[str, ...]
    """Empty means all of them."""


@dataclass(frozen=True, slots=True)
class ShowPortForwards:
    """The ports that are forwarded."""


@dataclass(frozen=True, slots=True)
class SwitchTheme:
    """Other colours."""

    name: str
    """Empty where one is yet to be chosen."""


@dataclass(frozen=True, slots=True)
class Help:
    """The keys that apply."""


@dataclass(frozen=True, slots=True)
class Quit:
    """The end."""


Command: TypeAlias = (
    Show
    | ShowLogs
    | ShowContexts
    | SwitchContext
    | ShowNamespaces
    | SwitchNamespaces
    | ShowPortForwards
    | SwitchTheme
    | Help
    | Quit
)

_HEAD = re.compile(r"[\s:]*([^\s/]*)(.*)", re.DOTALL)
_WORD = r"""(?:'[^']*'|"[^"]*"|\s+(?:not)?in\s*\([^)]*\)|\([^)]*\)|[^\s'"()])+"""
_PART = re.compile(
    rf"""\s*(?:
        /(?P<filter>.*?)(?=\s(?:-l|-n\s|--namespace[\s=]|(?:-A|--all-namespaces)(?:\s|\Z)|@)|\Z)
      | (?P<all>-A|--all-namespaces)(?=\s|\Z)
      | (?:-n|--namespace(?=[\s=]|\Z))=?(?:\s*(?!-)(?P<namespace>{_WORD}))?
      | -l(?:\s*(?P<labels>{_WORD}))?
      | @(?P<context>{_WORD})?
      | (?P<word>{_WORD})
    )""",
    re.DOTALL | re.VERBOSE,
)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SET = re.compile(r"\s(?:not)?in\s*\(")
_is_namespace = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?").fullmatch


def parse(
    text: str,
    *,
    find: Callable[[str], Sequence[Resource]],
    contexts: Sequence[str],
    namespaces: Sequence[str],
    resources: Sequence[Resource] = (),
    themes: Sequence[str] = (),
) -> Command:
    """Return what the line asks for.

    `find` is Discovery's, and `resources` what an unknown word is compared with. `namespaces` are all there are, or
    empty where that is not known: then any name is taken. Raises UsageError with one sentence for anything else.
    """
    head, rest = _split(text)
    word = head.lower()
    if not word:
        raise UsageError("no kind is named", hint="type one, such as pods")
    if word in QUIT | HELP | PORT_FORWARDS:
        if rest:
            raise UsageError(f"nothing can follow `{word}`")
        return Quit() if word in QUIT else Help() if word in HELP else ShowPortForwards()
    if word in CONTEXTS:
        return SwitchContext(_known(_unquoted(rest), contexts, "context")) if rest else ShowContexts()
    if word in LOGS:
        logs = read_logs(rest, lambda kind: _listable(kind, find(kind), resources))
        if logs.context:
            _known(logs.context, contexts, "context")
        for each in (logs.logs.pods, *logs.logs.more) if namespaces else ():
            if each.namespace:
                _known(each.namespace, namespaces, "namespace")
        return logs
    if word in THEME:
        return SwitchTheme(_known(_unquoted(rest), themes, "theme") if rest else "")
    asked = _Arguments.read(rest)
    if asked.context:
        _known(asked.context, contexts, "context")
    elif namespaces:
        for name in asked.namespaces or ():
            _known(name, namespaces, "namespace")
    if word in NAMESPACES and not (asked.filters or asked.labels or asked.context):
        return ShowNamespaces() if asked.namespaces is None else SwitchNamespaces(tuple(asked.namespaces))
    resource = _listable(head, find(head), resources)
    if asked.namespaces and not resource.namespaced:
        raise UsageError(f"{resource.plural} are in no namespace", hint=f"to filter them, type /{asked.namespaces[0]}")
    return Show(
        resource,
        namespaces=None if asked.namespaces is None or not resource.namespaced else tuple(asked.namespaces),
        filter=" ".join(asked.filters),
        labels=str(selectors.parse(",".join(asked.labels))),
        context=asked.context,
    )


def _split(text: str) -> tuple[str, str]:
    found = _HEAD.fullmatch(text)
    return (found[1], found[2].strip()) if found else ("", "")


@dataclass(slots=True)
class _Arguments:
    namespaces: list[str] | None = None
    filters: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    context: str = ""

    @classmethod
    def read(cls, text: str) -> "_Arguments":
        asked = cls()
        at = 0
        while at < len(text):
            part = _PART.match(text, at)
            if part is None:
                raise UsageError(f"a quote or parenthesis in `{_shown(text[at:].strip())}` has no other half")
            asked._take(part)
            at = part.end()
        return asked

    def _take(self, part: re.Match[str]) -> None:
        if part["filter"] is not None:
            self.filters += [words] if (words := part["filter"].strip()) else []
        elif part["word"] is not None:
            self._take_word(_unquoted(part["word"]))
        elif part["all"] is not None:
            self.namespaces = []
        elif part["namespace"] is not None:
            self._take_namespaces(_unquoted(part["namespace"]))
        elif part["labels"] is not None:
            self.labels.append(_unquoted(part["labels"]))
        elif part["context"] is not None:
            self.context = _unquoted(part["context"])
        elif part[0].lstrip() == "@":
            raise UsageError("@ wants the name of a context")
        elif part[0].lstrip().startswith(("-n", "--namespace")):
            raise UsageError("-n wants the name of a namespace")
        else:
            raise UsageError("-l wants a label selector, such as app=web")

    def _take_word(self, word: str) -> None:
        if word.startswith("-"):
            raise UsageError(
                f"there is no option {_shown(word)}",
                hint="-n takes a namespace, -l a label selector, @ a context, / a filter",
            )
        if "=" in word or _SET.search(word):
            self.labels.append(word)
        else:
            self._take_namespaces(word)

    def _take_namespaces(self, word: str) -> None:
        names = [name for name in word.split(",") if name]
        for name in names:
            if name not in ALL and not _is_namespace(name):
                raise UsageError(
                    f"`{_shown(name)}` cannot be the name of a namespace",
                    hint="a filter begins with /, as in pods /web",
                )
        if ALL.intersection(names) or self.namespaces == []:
            self.namespaces = []
        elif names:
            self.namespaces = list(dict.fromkeys([*(self.namespaces or ()), *names]))


def _shown(word: str) -> str:
    text = printable(word)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _unquoted(word: str) -> str:
    return _QUOTED.sub(lambda found: found[1] or found[2] or "", word).strip()


def _listable(word: str, found: Sequence[Resource], resources: Iterable[Resource]) -> Resource:
    if not found:
        plurals = {
            name: resource.plural
            for resource in resources
            if not resource.why_not_list()
            for name in (resource.plural, resource.singular, resource.kind.lower(), *resource.short_names)
        }
        near = list(dict.fromkeys([plurals[name] for name in _near(word.lower(), list(plurals))]))
        raise UsageError(
            f"no kind is called `{_shown(word)}`",
            hint=_did_you_mean(near) or "type a part of its name to see what there is",
        )
    for resource in found:
        if not resource.why_not_list():
            return resource
    raise UsageError(found[0].why_not_list())


def _known(name: str, names: Sequence[str], what: str) -> str:
    if name not in names:
        raise UsageError(f"there is no {what} called `{_shown(name)}`", hint=_did_you_mean(_near(name, names)))
    return name


def _near(word: str, names: Sequence[str]) -> list[str]:
    import difflib  # needed for mistakes only

    return difflib.get_close_matches(word, names, n=3, cutoff=0.6)


def _did_you_mean(names: Sequence[str]) -> str:
    *others, last = [printable(name) for name in names] or [""]
    return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}?" if last else ""
