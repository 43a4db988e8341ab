"""Role-based access control: what the roles and bindings in the registry allow, as they are now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kty.demo.access.rules import Attributes, Rule, allows
from kty.demo.access.users import MASTERS, User, service_account_of
from kty.demo.journal import Change
from kty.demo.registry import Registry
from kty.kube.objects import Object

__all__ = ["Attributes", "Decision", "Rbac"]

GROUP: Final = "rbac.authorization.k8s.io"
ROLES: Final = f"roles.{GROUP}"
CLUSTER_ROLES: Final = f"clusterroles.{GROUP}"
ROLE_BINDINGS: Final = f"rolebindings.{GROUP}"
CLUSTER_ROLE_BINDINGS: Final = f"clusterrolebindings.{GROUP}"
_KINDS: Final = frozenset({ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS})


class Decision(NamedTuple):
    """Whether somebody may, and what the API server says of it."""

    is_allowed: bool
    reason: str = ""
    """Which binding allows it; or what is wrong with the bindings, where nothing does."""


@dataclass(frozen=True, slots=True)
class _Grant:
    """What one binding gives to one subject."""

    rules: Sequence[Rule]
    missing: str
    """The role that there is not, as an error names it; empty when it is there."""
    words: str
    """`RoleBinding "x/y" of Role "z" to User "u"`."""


class Rbac:
    """Reads roles and bindings once, and again after one of them changed."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._bindings: dict[str, list[Object]] | None = None
        """By namespace; those of the whole cluster under the empty one."""
        self._rules: dict[tuple[str, str, str], Sequence[Rule] | None] = {}
        self._grants: dict[tuple[User, str], list[_Grant]] = {}
        registry.on_change(self._heard)

    def decide(self, user: User, what: Attributes) -> Decision:
        """Say whether a user may do this, and why."""
        if MASTERS in user.groups:
            return Decision(True)
        namespace = "" if what.path else what.namespace
        for grant in self._granted(user, namespace):
            if any(allows(rule, what) for rule in grant.rules):
                return Decision(True, f"RBAC: allowed by {grant.words}")
        faults = self.faults(user, namespace)
        return Decision(False, f"RBAC: {faults}" if faults else "")

    def why_not(self, user: User, what: Attributes) -> str:
        """Say why a user may not do this, in the API server's words; empty when they may."""
        what = what.placed()
        is_allowed, reason = self.decide(user, what)
        if is_allowed:
            return ""
        return f'User "{user.name}" {what}' + (f": {reason}" if reason else "")

    def rules(self, user: User, namespace: str) -> list[Rule]:
        """Return every rule that counts for a user in a namespace; with an empty one, those of the whole cluster."""
        found = [rule for grant in self._granted(user, namespace) for rule in grant.rules]
        if MASTERS not in user.groups:
            return found
        return [
            {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
            {"verbs": ["*"], "nonResourceURLs": ["*"]},
            *found,
        ]

    def faults(self, user: User, namespace: str) -> str:
        """Say which roles are bound to a user and do not exist; empty when all do."""
        missing = list(dict.fromkeys([grant.missing for grant in self._granted(user, namespace) if grant.missing]))
        return missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]" if missing else ""

    def role_rules(self, namespace: str, kind: str, name: str) -> Sequence[Rule] | None:
        """Return the rules of a Role or a ClusterRole, None where there is none of this name."""
        key = (namespace if kind == "Role" else "", kind, name)
        if key not in self._rules:
            role = self._registry.find(ROLES if kind == "Role" else CLUSTER_ROLES, key[0], name)
            self._rules[key] = None if role is None else role.get("rules") or ()
        return self._rules[key]

    def _heard(self, change: Change) -> None:
        if change.kind in _KINDS:
            self._bindings = None
            self._rules.clear()
            self._grants.clear()

    def _granted(self, user: User, namespace: str) -> list[_Grant]:
        key = (user, namespace)
        if key not in self._grants:
            places = ("", namespace) if namespace else ("",)
            self._grants[key] = [grant for place in places for grant in self._grants_to(user, place)]
        return self._grants[key]

    def _grants_to(self, user: User, namespace: str) -> Iterator[_Grant]:
        if self._bindings is None:
            self._bindings = _by_namespace(
                [*self._registry.list(CLUSTER_ROLE_BINDINGS), *self._registry.list(ROLE_BINDINGS)]
            )
        for binding in self._bindings.get(namespace, ()):
            subject = next((one for one in binding.get("subjects") or () if _is(one, user, namespace)), None)
            if subject is None:
                continue
            ref, name = binding["roleRef"], binding["metadata"]["name"]
            rules = self.role_rules(namespace, ref["kind"], ref["name"])
            missing = "" if rules is not None else f'{ref["kind"].lower()}.{GROUP} "{ref["name"]}" not found'
            bound = f'RoleBinding "{name}/{namespace}"' if namespace else f'ClusterRoleBinding "{name}"'
            words = f'{bound} of {ref["kind"]} "{ref["name"]}" to {_named(subject)}'
            yield _Grant(rules or (), missing, words)


def _by_namespace(bindings: Iterable[Object]) -> dict[str, list[Object]]:
    found: dict[str, list[Object]] = {}
    for binding in bindings:
        found.setdefault(binding["metadata"].get("namespace", ""), []).append(binding)
    return found


def _is(subject: Object, user: User, namespace: str) -> bool:
    name = subject.get("name", "")
    match subject.get("kind"):
        case "User":
            return bool(name == user.name)
        case "Group":
            return name in user.groups
        case "ServiceAccount":
            return service_account_of(user.name) == (subject.get("namespace") or namespace, name)
    return False


def _named(subject: Object) -> str:
    name = subject["name"]
    if subject["kind"] == "ServiceAccount":
        name += f"/{subject.get('namespace', '')}"
    return f'{subject["kind"]} "{name}"'
