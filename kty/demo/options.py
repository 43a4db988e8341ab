"""How a write or a delete is to be done: the query parameters and DeleteOptions of meta/v1, read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kty.demo.access.users import User

CONTROLLERS = "kty-demo"
"""The field manager of what the cluster does by itself."""


@dataclass(frozen=True, slots=True)
class Options:
    """Of a create, replace or patch."""

    dry_run: bool = False
    field_manager: str = CONTROLLERS
    """Who owns the fields that change; where it is empty, managedFields stay as they are (cheap, for thousands)."""
    user: "User | None" = None
    """Who writes; None where the cluster itself does."""
    has_managed_fields: bool = False
    """True where the object's managedFields are computed already, as server-side apply does."""


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """Of a delete or a deletecollection."""

    dry_run: bool = False
    grace_period: int | None = None
    """Seconds; None where the kind's own counts."""
    propagation: str | None = None
    """`Orphan`, `Background` or `Foreground`; None where the kind's own counts."""
    uid: str | None = None
    """Delete only what has this uid."""
    resource_version: str | None = None
    """Delete only this version."""
