"""One request, read: who wants what done to which object."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from kty.demo.kinds import Kind

if TYPE_CHECKING:
    from aiohttp import web

    from kty.demo.access.users import User
    from kty.demo.demo import Demo


@dataclass(frozen=True)
class Call:
    """What the path, the query and the headers of a request say; the user may do it (RBAC was asked)."""

    demo: "Demo"
    kind: Kind
    verb: str
    """`get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`."""
    namespace: str
    """Empty for all of them, and for kinds that have none."""
    name: str
    """Empty for a collection."""
    subresource: str
    query: Mapping[str, str]
    """One value for each parameter; `request.query` has them all."""
    user: "User"
    request: "web.Request" = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    warnings: list[str] = field(default_factory=list)
    """Go along with the answer as Warning headers."""

    @property
    def is_dry_run(self) -> bool:
        return self.query.get("dryRun") == "All"


Handler: TypeAlias = Callable[[Call], Awaitable["web.StreamResponse"]]
