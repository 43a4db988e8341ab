"""What roles allow, and to whom bindings give them."""

from collections.abc import Iterator
from itertools import islice, product

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Description, Entry, Line, Part, Table, entries, entry, section
from kty.views.reading import listed, mapped, texts
from kty.views.said import text
from kty.views.selectors import from_label_selector

MOST, MOST_VERBS = 1000, 50
"""Resources of a role that are told, and verbs of each."""


def role(obj: Object, beside: Beside) -> Description:
    """Return the description of a role or a cluster role."""
    parts: list[Part] = [*identity.head(obj)]
    if selectors := listed(obj, "aggregationRule", "clusterRoleSelectors"):
        parts.append(entries("Aggregates Roles", [from_label_selector(each) for each in selectors]))
    table = Table(("Resources", "Non-Resource URLs", "Resource Names", "Verbs"), _rows(listed(obj, "rules")))
    return (*parts, section("PolicyRule", [table] if table.rows else [], missing="<none> (allows nothing)"))


def _rows(rules: list[Object]) -> tuple[tuple[Line, ...], ...]:
    """Return a row for each resource, name and URL, with all the verbs that any of the rules has for it.

    A role of 4 kB can mean millions of them; the first are enough to see what it is.
    """
    verbs: dict[tuple[str, str, str], dict[str, None]] = {}
    meant = _meant(rules)
    for each, allowed in islice(meant, MOST):
        verbs.setdefault(each, {}).update(allowed)
    rows = [(*each, " ".join(verbs[each])) for each in sorted(verbs)]
    return (*rows, *([("… and more, which the YAML names", "", "", "")] if any(meant) else []))


def _meant(rules: list[Object]) -> Iterator[tuple[tuple[str, str, str], dict[str, None]]]:
    for rule in rules:
        verbs = dict.fromkeys(texts(rule, "verbs")[:MOST_VERBS])
        names = texts(rule, "resourceNames") or [""]
        for group, resource, name in product(texts(rule, "apiGroups"), texts(rule, "resources"), names):
            yield (_of_group(resource, group), "", name), verbs
        for url in texts(rule, "nonResourceURLs"):
            yield ("", url, ""), verbs


def _of_group(resource: str, group: str) -> str:
    """Name a resource as kubectl does: `pods/log`, `deployments.apps/scale`."""
    plural, slash, sub = resource.partition("/")
    return f"{plural}{f'.{group}' if group else ''}{slash}{sub}"


def binding(obj: Object, beside: Beside) -> Description:
    """Return the description of a role binding or a cluster role binding."""
    role = mapped(obj, "roleRef")
    subjects = [(text(each, "kind"), text(each, "name"), text(each, "namespace")) for each in listed(obj, "subjects")]
    table = Table(("Kind", "Name", "Namespace"), tuple(subjects))
    return (
        *identity.head(obj),
        Entry("Role", parts=(entry("Kind", text(role, "kind")), entry("Name", text(role, "name")))),
        section("Subjects", [table] if subjects else [], missing="<none> (gives it to nobody)"),
    )
