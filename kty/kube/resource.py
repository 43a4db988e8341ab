"""What the API server says about a kind: its names, where it lives, and what may be asked of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind as discovery names it (an APIResource with its group and version)."""

    group: str
    """Empty for the core group."""
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset({"get", "list", "watch"})
    categories: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`pods`, `deployments.apps`: what kubectl calls resource.group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`: as objects carry it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Return the URL path of a collection, an object or its subresource.

        An empty namespace means all of them; it is left out for kinds that have none.
        """
        parts = ["/apis", self.group, self.version] if self.group else ["/api", self.version]
        if namespace and self.namespaced:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        parts += [quote(part, safe="") for part in (name, subresource) if part]
        return "/".join(parts)

    def with_kind(self, obj: dict[str, Any]) -> dict[str, Any]:
        """Return an object with the apiVersion and kind that lists leave out; those that it has stay."""
        return {"apiVersion": self.api_version, "kind": self.kind, **obj}

    def why_not_list(self) -> str:
        """Say why this kind cannot be opened as a list; empty when it can."""
        return "" if "list" in self.verbs else f"{self.plural} cannot be listed"

    @property
    def is_watchable(self) -> bool:
        """False for kinds that can be listed only; those are polled while on screen."""
        return "watch" in self.verbs
