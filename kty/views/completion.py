"""What a line typed after `:` can become: kinds, then namespaces or contexts, best fit first."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kty.kube.resource import Resource
from kty.views.command_line import CONTEXTS, HELP, NAMESPACES, PORT_FORWARDS, QUIT, THEME
from kty.views.fuzzy import SCATTERED, Fit, fit
from kty.views.log_command import LOGS, OPTIONS

_COMMANDS = (
    ("ctx", CONTEXTS, "the contexts of the kubeconfig"),
    ("logs", LOGS, "of pods: logs web-* -l app=web -n shop /text"),
    ("portforwards", PORT_FORWARDS, "the ports that are forwarded"),
    ("theme", THEME, "other colours"),
    ("help", HELP, "the keys that apply here"),
    ("quit", QUIT, "leave kty"),
)
_RECENT = 5
"""How many earlier lines are offered while nothing is typed."""

_PLAIN = re.compile(r"[^\s'\"()]+")


class Completion(NamedTuple):
    """One thing that the line can become."""

    insert: str
    """The whole line."""
    label: str
    detail: str = ""
    why_not: str = ""
    """Why it cannot be opened; empty when it can."""


def complete(
    text: str,
    *,
    resources: Sequence[Resource],
    contexts: Sequence[str],
    namespaces: Sequence[str],
    history: Sequence[str],
    themes: Sequence[str] = (),
) -> list[Completion]:
    """Return what the line can become, best first; kinds that cannot be opened last, with the reason.

    `resources` in the order of Discovery, `history` the lines opened before, latest last.
    """
    text = text.lstrip(" :")
    head, blank, rest = text.partition(" ")
    if not blank:
        return _kinds(head, resources, history)
    word = head.lower()
    if word in CONTEXTS:
        return _names(f"{head} ", rest.strip(), contexts)
    if word in THEME:
        return _names(f"{head} ", rest.strip(), themes)
    if word in HELP | QUIT | PORT_FORWARDS or re.search(r"(?:^|\s)/", rest):
        return []
    typed = re.split(r"\s", rest)[-1]
    before = text[: len(text) - len(typed)]
    if typed.startswith("@"):
        return [
            choice._replace(insert=f"{before}@{_quoted(choice.label)}")
            for choice in _names(before, typed[1:], contexts)
        ]
    if word in LOGS:
        if re.search(r"(?:^|\s)-n\s*$", before) or typed.startswith("-n"):
            option = "-n" if typed.startswith("-n") else ""
            named, comma, typed = typed.removeprefix(option).rpartition(",")
            return _names(f"{before}{option}{named}{comma}", typed, ["all", *namespaces])
        if (typed and not typed.startswith("-")) or re.search(r"(?:^|\s)-[lc]\s*$", before):
            return []
        return [Completion(f"{before}{name} ", name, detail) for name, detail in OPTIONS if name.startswith(typed)]
    if typed.startswith("-") or re.search(r"(?:^|\s)-l\s*$", before) or _has_no_namespace(word, resources):
        return []
    named, _, typed = typed.rpartition(",")
    chosen = frozenset(named.split(","))
    offered = [name for name in namespaces if name not in chosen]
    if named:
        return _names(f"{before}{named},", typed, offered)
    return _names(before, typed, ["all", *offered])


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f'"{name}"' if "'" in name else f"'{name}'"


def _names(before: str, typed: str, names: Iterable[str]) -> list[Completion]:
    fits = [(fit(typed, name), name) for name in names]
    found = sorted([(how, at, name) for at, (how, name) in enumerate(fits) if how is not None])
    return [Completion(before + name, name) for _, _, name in found]


def _has_no_namespace(word: str, resources: Sequence[Resource]) -> bool:
    if word in NAMESPACES:
        return False
    found = next((resource for resource in resources if word in map(str.lower, _bare_names(resource))), None)
    return found is not None and not found.namespaced


def _bare_names(resource: Resource) -> tuple[str, ...]:
    return (*resource.short_names, resource.plural, resource.singular, resource.kind)


def _kinds(typed: str, resources: Sequence[Resource], history: Sequence[str]) -> list[Completion]:
    offers: list[tuple[tuple[object, ...], Completion]] = []
    recent = {line.split(" ", 1)[0].lower(): at for at, line in enumerate(history)}
    plurals: set[str] = set()
    for at, resource in enumerate(resources):
        insert = resource.id if resource.plural in plurals else resource.plural
        plurals.add(resource.plural)
        how = _fit(typed, resource)
        if how is None:
            continue
        last = max([recent.get(name.lower(), -1) for name in (*_bare_names(resource), resource.id)])
        why_not = resource.why_not_list()
        detail = " · ".join(filter(None, (" ".join(resource.short_names), resource.kind, resource.group)))
        order = (why_not != "", how.kind, -last, "all" not in resource.categories, how.rest, at)
        offers.append((order, Completion(insert, resource.plural, detail, why_not)))
    for name, words, detail in _COMMANDS:
        hows = [how for word in words if (how := fit(typed, word, scattered=False))]
        if hows:
            how = min(hows)
            order = (False, how.kind, 1, True, how.rest, len(resources))
            offers.append((order, Completion(name, name, detail)))
    found = [offer for _, offer in sorted(offers)]
    if typed:
        return found
    lines = dict.fromkeys(reversed(history))
    return [Completion(line, line, "typed before") for line in list(lines)[:_RECENT]] + found


def _fit(typed: str, resource: Resource) -> Fit | None:
    """Return the best fit among the names of a kind."""
    best: Fit | None = None
    for name in _bare_names(resource):
        how = fit(typed, name) if name else None
        if how is not None and (best is None or how < best):
            best = how
    if best is None or best.kind == SCATTERED:
        for name in (resource.id, f"{resource.kind}.{resource.group}"):
            how = fit(typed, name, scattered=False)
            if how is not None and (best is None or how < best):
                best = how
    return best
