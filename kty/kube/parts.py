"""What built-in kinds are made of: metadata, conditions, selectors (meta/v1), under Python's names."""

from typing import Any

from msgspec import Struct, field


class Part(Struct, rename="camel", omit_defaults=True):
    """A piece of an object; what is not set is not sent."""


class Owner(Part):
    """Who an object belongs to (meta/v1 OwnerReference)."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class Metadata(Part):
    """meta/v1 ObjectMeta."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    finalizers: list[str] = []
    owner_references: list[Owner] = []


class Whole(Part):
    """What all kinds have."""

    metadata: Metadata = field(default_factory=Metadata)

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def namespace(self) -> str:
        return self.metadata.namespace


class Condition(Part):
    """One thing that can be said of an object, and whether it is so."""

    type: str = ""
    status: str = ""
    """`True`, `False` or `Unknown`."""
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None


class LabelSelector(Part):
    match_labels: dict[str, str] = {}
    match_expressions: list[dict[str, Any]] = []
