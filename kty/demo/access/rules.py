"""What is asked of RBAC, and which rule of a role allows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

Rule: TypeAlias = Mapping[str, Any]
"""A PolicyRule of rbac.authorization.k8s.io/v1."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What somebody wants to do: to a resource, or to a path that is none."""

    verb: str
    group: str = ""
    resource: str = ""
    """The plural; without the subresource."""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    """Empty for resources; where it is said, nothing but the verb counts beside it."""

    @property
    def kind(self) -> str:
        """Return the Resource.id."""
        return f"{self.resource}.{self.group}" if self.group else self.resource

    def placed(self) -> "Attributes":
        """Return it with a namespace lying in itself: that is where the API server looks for who may read one."""
        if self.resource == "namespaces" and not self.group and self.name and not self.namespace:
            return replace(self, namespace=self.name)
        return self

    def __str__(self) -> str:
        """Return it in the API server's words."""
        if self.path:
            return f'cannot {self.verb} path "{self.path}"'
        resource = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        where = f'in the namespace "{self.namespace}"' if self.namespace else "at the cluster scope"
        return f'cannot {self.verb} resource "{resource}" in API group "{self.group}" {where}'


def allows(rule: Rule, what: Attributes) -> bool:
    """Say whether a rule allows it."""
    if not has(rule.get("verbs"), what.verb):
        return False
    if what.path:
        return any(covers_path(pattern, what.path) for pattern in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames")
    return (
        has(rule.get("apiGroups"), what.group)
        and _covers_resource(rule.get("resources") or (), what.resource, what.subresource)
        and (not names or what.name in names)
    )


def has(values: Sequence[str] | None, value: str) -> bool:
    """Say whether a list of a rule has a value, or everything."""
    return bool(values) and ("*" in values or value in values)  # type: ignore[operator]


def _covers_resource(resources: Sequence[str], resource: str, subresource: str) -> bool:
    if "*" in resources:
        return True
    if not subresource:
        return resource in resources
    return f"{resource}/{subresource}" in resources or f"*/{subresource}" in resources


def covers_path(pattern: str, path: str) -> bool:
    """Say whether a pattern of a rule covers a path, or another pattern."""
    return pattern in ("*", path) or (pattern.endswith("*") and path.startswith(pattern.rstrip("*")))
