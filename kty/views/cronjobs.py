"""Cron jobs."""

from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.views.ages import AGE, since, time_column
from kty.views.counts import count_column
from kty.views.said import or_none, or_unset, said, text
from kty.views.templates import Template, template_columns
from kty.views.view import Browse, Column, Destination, Tone, View, Yaml


class Active(Struct, gc=False):
    """A running job, of which only that it is there is of interest."""


class JobTemplate(Struct, gc=False):
    spec: Template = structfield(default_factory=Template)


class Spec(Struct, rename="camel", gc=False):
    schedule: str = ""
    time_zone: str | None = None
    suspend: bool | None = None
    job_template: JobTemplate = structfield(default_factory=JobTemplate)


class Status(Struct, rename="camel", gc=False):
    active: list[Active] | None = None
    last_schedule_time: str | None = None


class CronJob(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def _last_schedule(value: Any, now: float) -> str:
    return "<none>" if value is None else since(value, now)


SUSPEND = Column("Suspend", lambda obj: obj.spec.suspend, or_unset)
COLUMNS = (
    Column("Schedule", lambda obj: said(obj.spec.schedule)),
    Column("Timezone", lambda obj: said(obj.spec.time_zone or ""), or_none),
    SUSPEND,
    count_column("Active", lambda obj: len(obj.status.active or ())),
    time_column("Last Schedule", lambda obj: obj.status.last_schedule_time, show=_last_schedule),
    AGE,
    *template_columns(lambda obj: obj.spec.job_template.spec),
)
_SUSPEND = COLUMNS.index(SUSPEND)


def tone(row: Row) -> Tone:
    return "dim" if row.deleting or row.cells[_SUSPEND] else ""


def opens(obj: Object) -> Destination:
    """Lead to the jobs that it made."""
    uid = text(obj, "metadata", "uid")
    if not uid:
        return Yaml()
    return Browse(
        "jobs.batch",
        namespace=text(obj, "metadata", "namespace"),
        owner=uid,
        title=f"cronjob/{text(obj, 'metadata', 'name')}",
    )


VIEW = View("cronjobs", group="batch", kind="CronJob", columns=COLUMNS, reads=CronJob, tone=tone, opens=opens)
