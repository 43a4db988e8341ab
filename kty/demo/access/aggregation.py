"""ClusterRoles that are put together from others, by their labels (aggregationRule)."""

from collections.abc import Iterable
from typing import Final

from kty.demo.access.rbac import CLUSTER_ROLES
from kty.demo.life.seen import Key, Seen
from kty.demo.life.selecting import selector_of
from kty.demo.options import Options
from kty.demo.registry import Registry
from kty.kube.objects import Object

_CONTROLLER: Final = Options(field_manager="clusterrole-aggregation-controller")


class RoleAggregation:
    """A controller (`life.controller`): gives each such role the rules of those that its selectors choose."""

    kinds = (CLUSTER_ROLES,)

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def concerned(self, seen: Seen) -> Iterable[Key]:
        held = self._registry.store.held(CLUSTER_ROLES)
        return [("", role.name) for role in held if b'"clusterRoleSelectors":' in role.body]

    def reconcile(self, key: Key) -> float | None:
        role = self._registry.find(CLUSTER_ROLES, *key)
        if role is None or not _selectors(role):
            return None
        rules = self._rules(role)
        if rules != (role.get("rules") or []):
            self._registry.change(CLUSTER_ROLES, *key, lambda obj: obj.update(rules=rules), _CONTROLLER)
        return None

    def _rules(self, role: Object) -> list[Object]:
        """Return the rules of all that are chosen, in the order of their names, each rule once."""
        found: list[Object] = []
        for content in _selectors(role):
            for other in self._registry.list(CLUSTER_ROLES, labels=selector_of(content)):
                if other["metadata"]["name"] != role["metadata"]["name"]:
                    found += [rule for rule in other.get("rules") or () if rule not in found]
        return found


def _selectors(role: Object) -> list[Object]:
    return (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or []
