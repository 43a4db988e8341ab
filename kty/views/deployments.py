"""Deployments."""

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Row, Typed
from kty.runtime.uses import Uses
from kty.views.ages import AGE
from kty.views.counts import count_column, share, share_column
from kty.views.podspecs import POD_USES, template_uses
from kty.views.replicas import RESTART, SCALE
from kty.views.templates import Replicated, pods_of, template_columns
from kty.views.tones import progress
from kty.views.view import Tone, View


class Status(Struct, rename="camel", gc=False):
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0


class Deployment(Typed):
    spec: Replicated = structfield(default_factory=Replicated)
    status: Status = structfield(default_factory=Status)


READY = share_column("Ready", lambda obj: share(obj.status.ready_replicas, obj.spec.wanted))
AVAILABLE = count_column("Available", lambda obj: obj.status.available_replicas)
COLUMNS = (
    READY,
    count_column("Up-to-date", lambda obj: obj.status.updated_replicas),
    AVAILABLE,
    AGE,
    *template_columns(lambda obj: obj.spec),
)
_READY, _AVAILABLE = COLUMNS.index(READY), COLUMNS.index(AVAILABLE)


def tone(row: Row) -> Tone:
    if row.cells[_READY] is None:
        return ""
    _, wanted = row.cells[_READY]
    return progress(row, wanted, row.cells[_AVAILABLE])


VIEW = View(
    "deployments",
    group="apps",
    kind="Deployment",
    columns=COLUMNS,
    reads=Deployment,
    tone=tone,
    opens=pods_of("deployment", owned=False),
    actions=(SCALE, RESTART),
)
USES = Uses("deployments.apps", POD_USES, lambda obj: template_uses(obj, "spec"))
