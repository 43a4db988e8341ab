"""Daemon sets."""

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Row, Typed
from kty.runtime.uses import Uses
from kty.views.ages import AGE
from kty.views.counts import count_column
from kty.views.podspecs import POD_USES, template_uses
from kty.views.replicas import RESTART
from kty.views.said import or_none, said
from kty.views.selectors import from_labels
from kty.views.templates import Template, pods_of, template_columns
from kty.views.tones import progress
from kty.views.view import Column, Tone, View


class Status(Struct, rename="camel", gc=False):
    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0
    number_available: int = 0


class DaemonSet(Typed):
    spec: Template = structfield(default_factory=Template)
    status: Status = structfield(default_factory=Status)


DESIRED = count_column("Desired", lambda obj: obj.status.desired_number_scheduled)
AVAILABLE = count_column("Available", lambda obj: obj.status.number_available)
COLUMNS = (
    DESIRED,
    count_column("Current", lambda obj: obj.status.current_number_scheduled),
    count_column("Ready", lambda obj: obj.status.number_ready),
    count_column("Up-to-date", lambda obj: obj.status.updated_number_scheduled),
    AVAILABLE,
    Column("Node Selector", lambda obj: said(from_labels(obj.spec.template.spec.node_selector)), or_none),
    AGE,
    *template_columns(lambda obj: obj.spec),
)
_DESIRED, _AVAILABLE = COLUMNS.index(DESIRED), COLUMNS.index(AVAILABLE)


def tone(row: Row) -> Tone:
    wanted = row.cells[_DESIRED]
    return "" if wanted is None else progress(row, wanted, row.cells[_AVAILABLE])


VIEW = View(
    "daemonsets",
    group="apps",
    kind="DaemonSet",
    columns=COLUMNS,
    ready=("Ready", "Desired"),
    reads=DaemonSet,
    tone=tone,
    opens=pods_of("daemonset"),
    actions=(RESTART,),
)
USES = Uses("daemonsets.apps", POD_USES, lambda obj: template_uses(obj, "spec"))
