"""Jobs."""

from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Row, Typed, epoch
from kty.runtime.uses import Uses
from kty.views.ages import AGE, age
from kty.views.conditions import Condition, holds
from kty.views.counts import count_column
from kty.views.podspecs import POD_USES, template_uses
from kty.views.templates import Template, pods_of, template_columns
from kty.views.view import Column, Tone, View


class Spec(Template):
    completions: int | None = None
    parallelism: int | None = None


class Status(Struct, rename="camel", gc=False):
    succeeded: int = 0
    failed: int = 0
    start_time: str | None = None
    completion_time: str | None = None
    conditions: list[Condition] | None = None


class Job(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def status(job: Job) -> str:
    """Return the one word for how the job is, with kubectl's precedence."""
    conditions = job.status.conditions
    if holds(conditions, "Complete"):
        return "Complete"
    if holds(conditions, "Failed"):
        return "Failed"
    if job.metadata.deletion_timestamp is not None:
        return "Terminating"
    for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if holds(conditions, word):
            return word
    return "Running"


def completions(job: Job) -> tuple[int, int, int]:
    """Return how many pods succeeded, of how many, out of how many that work side by side on one result."""
    if job.spec.completions is not None:
        return (job.status.succeeded, job.spec.completions, 0)
    return (job.status.succeeded, 1, job.spec.parallelism or 0)


def _show_completions(value: Any, now: float) -> str:
    if value is None:
        return ""
    done, wanted, together = value
    return f"{done}/{wanted} of {together}" if together > 1 else f"{done}/{wanted}"


def _completed(value: Any) -> float | None:
    if value is None:
        return None
    done, wanted, _ = value
    return done / wanted if wanted else 1.0


def duration(job: Job) -> tuple[float, float | None] | None:
    """Return when it started and when it completed, each in seconds since the epoch."""
    start = epoch(job.status.start_time)
    return None if start is None else (start, epoch(job.status.completion_time))


def _show_duration(value: Any, now: float) -> str:
    if value is None:
        return ""
    start, end = value
    return age((now if end is None else end) - start)


def _took(value: Any) -> float | None:
    """What still runs has no duration to compare by."""
    return None if value is None or value[1] is None else value[1] - value[0]


_TONES: dict[str, Tone] = {
    "Complete": "dim",
    "Failed": "bad",
    "FailureTarget": "bad",
    "Suspended": "dim",
    "Terminating": "dim",
}


def _tone(word: Any) -> Tone:
    return _TONES.get(word, "")


STATUS = Column("Status", status, tone=_tone)
FAILED = count_column("Failed", lambda job: job.status.failed, wide=True)
COLUMNS = (
    STATUS,
    Column("Completions", completions, _show_completions, order="number", compare=_completed),
    Column("Duration", duration, _show_duration, order="number", compare=_took, ticks=True),
    AGE,
    FAILED,
    *template_columns(lambda job: job.spec),
)
_STATUS, _FAILED = COLUMNS.index(STATUS), COLUMNS.index(FAILED)


def tone(row: Row) -> Tone:
    """A job whose pods failed may still succeed: it is tried again."""
    word = row.cells[_STATUS]
    return "warn" if word == "Running" and row.cells[_FAILED] else _tone(word)


VIEW = View(
    "jobs",
    group="batch",
    kind="Job",
    columns=COLUMNS,
    reads=Job,
    tone=tone,
    opens=pods_of("job"),
    ready=("Completions",),
)
USES = Uses("jobs.batch", POD_USES, lambda obj: template_uses(obj, "spec"))
