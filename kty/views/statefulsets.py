"""Stateful sets."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.runtime.uses import Use, Uses
from kty.views.ages import AGE
from kty.views.counts import share, share_column
from kty.views.podspecs import POD_USES, template_uses
from kty.views.replicas import RESTART, SCALE
from kty.views.said import text
from kty.views.templates import Replicated, pods_of, template_columns
from kty.views.tones import progress
from kty.views.view import Tone, View


class Status(Struct, rename="camel", gc=False):
    ready_replicas: int = 0


class StatefulSet(Typed):
    spec: Replicated = structfield(default_factory=Replicated)
    status: Status = structfield(default_factory=Status)


READY = share_column("Ready", lambda obj: share(obj.status.ready_replicas, obj.spec.wanted))
COLUMNS = (READY, AGE, *template_columns(lambda obj: obj.spec))
_READY = COLUMNS.index(READY)


def tone(row: Row) -> Tone:
    if row.cells[_READY] is None:
        return ""
    part, wanted = row.cells[_READY]
    return progress(row, wanted, part)


VIEW = View(
    "statefulsets",
    group="apps",
    kind="StatefulSet",
    columns=COLUMNS,
    reads=StatefulSet,
    tone=tone,
    opens=pods_of("statefulset"),
    actions=(SCALE, RESTART),
)


def uses(obj: Object) -> Iterable[Use]:
    """Return what its pods use, and the service that gives them their names."""
    yield from template_uses(obj, "spec")
    if name := text(obj, "spec", "serviceName"):
        yield Use("services", name, via="names its pods")


USES = Uses("statefulsets.apps", POD_USES | {"services"}, uses)
