"""Replica sets."""

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Row, Typed
from kty.runtime.uses import Uses
from kty.views.ages import AGE
from kty.views.counts import count_column
from kty.views.podspecs import POD_USES, template_uses
from kty.views.replicas import SCALE
from kty.views.templates import Replicated, pods_of, template_columns
from kty.views.tones import progress
from kty.views.view import Tone, View


class Status(Struct, rename="camel", gc=False):
    replicas: int = 0
    ready_replicas: int = 0


class ReplicaSet(Typed):
    spec: Replicated = structfield(default_factory=Replicated)
    status: Status = structfield(default_factory=Status)


DESIRED = count_column("Desired", lambda obj: obj.spec.wanted)
READY = count_column("Ready", lambda obj: obj.status.ready_replicas)
COLUMNS = (
    DESIRED,
    count_column("Current", lambda obj: obj.status.replicas),
    READY,
    AGE,
    *template_columns(lambda obj: obj.spec),
)
_DESIRED, _READY = COLUMNS.index(DESIRED), COLUMNS.index(READY)


def tone(row: Row) -> Tone:
    wanted = row.cells[_DESIRED]
    return "" if wanted is None else progress(row, wanted, row.cells[_READY])


VIEW = View(
    "replicasets",
    group="apps",
    kind="ReplicaSet",
    columns=COLUMNS,
    reads=ReplicaSet,
    tone=tone,
    opens=pods_of("replicaset"),
    actions=(SCALE,),
    ready=("Ready", "Desired"),
)
USES = Uses("replicasets.apps", POD_USES, lambda obj: template_uses(obj, "spec"))
