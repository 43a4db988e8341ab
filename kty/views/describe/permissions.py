"""What roles allow, and to whom bindings give them."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Description, Entry, Line, Part, Table, entries, entry, section
from kty.views.reading import listed, mapped, texts
from kty.views.said import text
from kty.views.selectors import from_label_selector


def role(obj: Object, beside: Beside) -> Description:
    """Return the description of a role or a cluster role."""
    parts: list[Part] = [*identity.head(obj)]
    if selectors := listed(obj, "aggregationRule", "clusterRoleSelectors"):
        parts.append(entries("Aggregates Roles", [from_label_selector(each) for each in selectors]))
    table = Table(("Resources", "Non-Resource URLs", "Resource Names", "Verbs"), _rows(listed(obj, "rules")))
    return (*parts, section("PolicyRule", [table] if table.rows else [], missing="<none> (allows nothing)"))


def _rows(rules: list[Object]) -> tuple[tuple[Line, ...], ...]:
    """Return a row for each resource, name and URL, with all the verbs that any of the rules has for it."""
    verbs: dict[tuple[str, str, str], dict[str, None]] = {}
    for rule in rules:
        resources = [_of_group(each, group) for group in texts(rule, "apiGroups") for each in texts(rule, "resources")]
        meant = [(each, "", name) for each in resources for name in texts(rule, "resourceNames") or [""]]
        meant += [("", url, "") for url in texts(rule, "nonResourceURLs")]
        for each in meant:
            verbs.setdefault(each, {}).update(dict.fromkeys(texts(rule, "verbs")))
    return tuple([(*each, " ".join(verbs[each])) for each in sorted(verbs)])


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
