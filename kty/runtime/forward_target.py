"""What a person asks for when they forward a port: whose pods, and which port of theirs."""

from msgspec import Struct

from kty.kube.resource import Resource


class ForwardTarget(Struct, frozen=True):
    """What a person forwards to: one pod, or whichever pod of a workload or service is ready."""

    resource: Resource
    """The kind of what it is."""
    namespace: str
    name: str
    labels: str = ""
    """The label selector of its pods."""
    owner: str = ""
    """The uid that must be among its pods' owners."""

    @property
    def is_pod(self) -> bool:
        """Whether it is the one pod of this name."""
        return not (self.labels or self.owner)

    def __str__(self) -> str:
        return f"{self.resource.kind.lower()}/{self.name}"


class ForwardPort(Struct, frozen=True):
    """A port that is asked for."""

    number: int
    """As the target has it: a service has numbers of its own."""
    to: int | str
    """The pods' port: its number, or the name that each pod has for one."""
    local: int = 0
    """The port of this machine; 0 for the same number where that is free, else any."""

    def __str__(self) -> str:
        return str(self.number) if self.to == self.number else f"{self.number} ({self.to})"
