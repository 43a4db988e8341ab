"""Stateful sets."""

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Row, Typed
from kty.views.ages import AGE
from kty.views.counts import share, share_column
from kty.views.replicas import RESTART, SCALE
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
