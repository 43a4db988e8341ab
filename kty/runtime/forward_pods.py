"""What a pod says of itself, as far as connections to it go by that."""

from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from msgspec import field as structfield

from kty.kube.codecs import Codec, ObjectCodec
from kty.kube.objects import Typed


class _Port(Struct, rename="camel", gc=False):
    name: str = ""
    container_port: int = 0
    protocol: str = ""


class _Container(Struct, rename="camel", gc=False):
    restart_policy: str = ""
    ports: list[_Port] | None = None


class _Spec(Struct, rename="camel", gc=False):
    containers: list[_Container] | None = None
    init_containers: list[_Container] | None = None


class _Condition(Struct, gc=False):
    type: str = ""
    status: str = ""


class _Status(Struct, gc=False):
    phase: str = ""
    conditions: list[_Condition] | None = None


class _Metadata(Struct, rename="camel", gc=False):
    uid: str = ""
    deletion_timestamp: str | None = None


class _Pod(Struct, gc=False):
    metadata: _Metadata = structfield(default_factory=_Metadata)
    spec: _Spec = structfield(default_factory=_Spec)
    status: _Status = structfield(default_factory=_Status)


@dataclass(frozen=True, slots=True)
class ForwardPod:
    """One pod that connections may go to."""

    name: str
    uid: str = ""
    phase: str = "Running"
    is_ready: bool = True
    is_leaving: bool = False
    created: float = 0.0
    """Seconds since the epoch."""
    ports: dict[str, int] = field(default_factory=dict)
    """The TCP ports that its containers have names for."""


def read_pod(name: str, created: float | None, body: bytes) -> ForwardPod | None:
    """Read a pod's JSON; None for one that is not what a pod promises."""
    try:
        pod = msgspec.json.decode(body, type=_Pod)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    sidecars = [each for each in pod.spec.init_containers or () if each.restart_policy == "Always"]
    ports: dict[str, int] = {}
    for container in (*(pod.spec.containers or ()), *sidecars):
        for port in container.ports or ():
            if port.name and port.protocol in ("", "TCP"):
                ports.setdefault(port.name, port.container_port)
    return ForwardPod(
        name,
        pod.metadata.uid,
        pod.status.phase,
        any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions or ()),
        pod.metadata.deletion_timestamp is not None,
        created or 0.0,
        ports,
    )


def new_codec() -> Codec:
    """Return a codec that keeps no columns of a pod."""
    return ObjectCodec(Typed, lambda _: ())
