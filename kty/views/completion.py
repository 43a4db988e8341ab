"""What a line typed after `:` can become: kinds, then namespaces or contexts, best fit first."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from kty.kube.resource import Resource
from kty.views.command_line import ALL, CONTEXTS, HELP, NAMESPACES, PORT_FORWARDS, QUIT, THEME
from kty.views.fuzzy import PREFIX, SCATTERED, Fit, fit
from kty.views.log_command import LOGS, OPTIONS
from kty.views.logs import HAVE_LOGS

_COMMANDS = (
    ("ctx", CONTEXTS, "the contexts of the kubeconfig"),
    ("logs", LOGS, "of pods: logs web-* -n shop /text; logs deploy/web; logs -l app=web"),
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


Names: TypeAlias = Callable[[Resource, Sequence[str] | None], Iterable[str]]
"""From a kind and namespaces (None: those that are shown; none at all: all of them) to the names of what is there, as
far as they are known."""


def no_names(resource: Resource, namespaces: Sequence[str] | None) -> Iterable[str]:
    """Know none."""
    return ()


def complete(
    text: str,
    *,
    resources: Sequence[Resource],
    contexts: Sequence[str],
    namespaces: Sequence[str],
    history: Sequence[str],
    themes: Sequence[str] = (),
    names: Names = no_names,
) -> list[Completion]:
    """Return what the line can become, best first; kinds that cannot be opened last, with the reason.

    `resources` in the order of Discovery, `history` the lines opened before, latest last. `names` is asked only where
    a name may come next.
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
        return _logs(before, typed, resources, namespaces, names)
    if typed.startswith("-") or re.search(r"(?:^|\s)-l\s*$", before) or _has_no_namespace(word, resources):
        return []
    named, _, typed = typed.rpartition(",")
    chosen = frozenset(named.split(","))
    offered = [name for name in namespaces if name not in chosen]
    if named:
        return _names(f"{before}{named},", typed, offered)
    return _names(before, typed, ["all", *offered])


def _logs(
    before: str, typed: str, resources: Sequence[Resource], namespaces: Sequence[str], names: Names
) -> list[Completion]:
    if re.search(r"(?:^|\s)-n\s*$", before) or typed.startswith("-n"):
        option = "-n" if typed.startswith("-n") else ""
        named, comma, typed = typed.removeprefix(option).rpartition(",")
        return _names(f"{before}{option}{named}{comma}", typed, ["all", *namespaces])
    if re.search(r"(?:^|\s)-[lc]\s*$", before):
        return []
    options = [Completion(f"{before}{name} ", name, detail) for name, detail in OPTIONS if name.startswith(typed)]
    if typed.startswith("-") or re.search(r"(?:^|\s)@", before):  # another context has other pods
        return options
    have_logs = [resource for resource in resources if resource.id in HAVE_LOGS]
    within = _namespaces_in(before)
    kind, slash, name = typed.partition("/")
    if slash:
        found = [each for each in have_logs if kind.lower() in map(str.lower, _bare_names(each))]
        return _names(f"{before}{kind}/", name, names(found[0], within)) if found else []
    pods = [name for each in have_logs if each.id == "pods" for name in dict.fromkeys(names(each, within))]
    offers = [(how, at, Completion(before + name, name)) for at, name in enumerate(pods) if (how := fit(typed, name))]
    for at, each in enumerate(sorted(have_logs, key=lambda one: "all" not in one.categories), len(pods)):
        hows = [how for word in _bare_names(each) if word and (how := fit(typed, word)) and how.kind <= PREFIX]
        if hows and each.id != "pods":
            word = f"{each.short_names[0] if each.short_names else each.singular}/"
            offers.append((min(hows), at, Completion(before + word, word, f"the pods of one of the {each.plural}")))
    return [completion for _, _, completion in sorted(offers)] + options


def _namespaces_in(text: str) -> list[str] | None:
    """Return the namespaces that a line of logs names so far, none for all of them; None where it names none."""
    words = re.findall(r"(?:^|\s)-n[\s=]*(\S+)(?=\s)", text)
    named = [name for word in words for name in word.split(",") if name]
    return None if not words else [] if not ALL.isdisjoint(named) else named


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
