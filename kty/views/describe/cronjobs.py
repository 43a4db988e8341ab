"""Cron jobs."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.jobs import job_template
from kty.views.describing import Beside, Describer, Description, Entry, Line, Piece, entries, entry, moment
from kty.views.reading import listed, mapped
from kty.views.said import text


def describe(cron: Object, beside: Beside) -> Description:
    spec = mapped(cron, "spec")
    deadline, suspended = spec.get("startingDeadlineSeconds"), spec.get("suspend")
    return (
        *identity.head(cron),
        *identity.controlled_by(cron),
        entry("Schedule", text(spec, "schedule")),
        entry("Concurrency Policy", text(spec, "concurrencyPolicy")),
        entry("Suspend", "True" if suspended else "False", tone="warn" if suspended else ""),
        entry("Time Zone", spec.get("timeZone"), missing="<unset>"),
        entry("Successful Job History Limit", spec.get("successfulJobsHistoryLimit"), missing="<unset>"),
        entry("Failed Job History Limit", spec.get("failedJobsHistoryLimit"), missing="<unset>"),
        entry("Starting Deadline Seconds", None if deadline is None else f"{deadline}s", missing="<unset>"),
        *job_template(cron),
        Entry("Last Schedule Time", (_when(cron, "lastScheduleTime"),)),
        Entry("Last Successful Time", (_when(cron, "lastSuccessfulTime"),)),
        entries("Active Jobs", [Piece(text(each, "name"), "busy") for each in listed(cron, "status", "active")]),
    )


def _when(cron: Object, key: str) -> Line:
    return moment(text(cron, "status", key) or None)


DESCRIBER = Describer("cronjobs.batch", describe)
