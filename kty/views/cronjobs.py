"""Cron jobs."""

import secrets
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.client import Client
from kty.kube.objects import Object, Row, Typed
from kty.kube.resource import Resource
from kty.runtime.uses import Uses
from kty.views.actions import Action, Target, counted
from kty.views.ages import AGE, since, time_column
from kty.views.counts import count_column
from kty.views.podspecs import POD_USES, template_uses
from kty.views.said import field, or_none, or_unset, said, text
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


async def _trigger(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube.api import Api

    name = f"{target.name[:40]}-manual-{secrets.token_hex(3)}"
    owner = {"apiVersion": target.resource.api_version, "kind": target.resource.kind, "name": target.name}
    template = field(target.obj, "spec", "jobTemplate") or {}
    metadata = {
        "name": name,
        "labels": field(template, "metadata", "labels") or {},
        "annotations": {
            **(field(template, "metadata", "annotations") or {}),
            "cronjob.kubernetes.io/instantiate": "manual",
        },
        "ownerReferences": [{**owner, "uid": target.uid, "controller": True}],
    }
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": field(template, "spec") or {}}
    await Api(client, JOBS, target.namespace).create(job)
    yield f"job {name} runs"


def _is_suspended(target: Target) -> bool:
    return field(target.obj, "spec", "suspend") is True


def _says_suspend(target: Target, typed: str) -> str:
    if _is_suspended(target):
        return f"Resume {target}: it makes jobs again at its times."
    return f"Suspend {target}: it makes no more jobs; those that run go on."


def _says_suspend_many(targets: Sequence[Target], typed: str) -> str:
    resumed = [target for target in targets if _is_suspended(target)]
    stopped = [target for target in targets if not _is_suspended(target)]
    said = [f"suspend {counted(stopped)}: they make no more jobs; those that run go on"] if stopped else []
    said += [f"resume {counted(resumed)}: they make jobs again at their times"] if resumed else []
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


async def _suspend(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube.api import Api
    from kty.kube.patches import Merge

    suspend = not _is_suspended(target)
    await Api(client, target.resource, target.namespace).patch(target.name, Merge({"spec": {"suspend": suspend}}))
    yield f"{target} is {'suspended' if suspend else 'resumed'}"


JOBS = Resource("batch", "v1", "Job", "jobs")
TRIGGER = Action(
    "trigger",
    "t",
    "trigger",
    "get",
    lambda target, typed: f"Make a job of {target} now, beside its times.",
    _trigger,
    says_many=lambda targets, typed: f"Make a job of each of {counted(targets)} now, beside their times.",
)
SUSPEND_OR_RESUME = Action(
    "suspend", "s", "suspend or resume", "patch", _says_suspend, _suspend, says_many=_says_suspend_many
)
VIEW = View(
    "cronjobs",
    group="batch",
    kind="CronJob",
    columns=COLUMNS,
    reads=CronJob,
    tone=tone,
    opens=opens,
    ready=("Active",),
    status="Schedule",
    actions=(TRIGGER, SUSPEND_OR_RESUME),
)
USES = Uses("cronjobs.batch", POD_USES, lambda obj: template_uses(obj, "spec", "jobTemplate", "spec"))
