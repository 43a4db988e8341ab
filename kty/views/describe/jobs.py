"""Jobs."""

from typing import Any

from kty.kube.objects import Object, epoch
from kty.views.ages import age
from kty.views.describe import identity
from kty.views.describe.templates import count, pod_template, selector
from kty.views.describing import (
    Beside,
    Describer,
    Description,
    Entry,
    Part,
    Piece,
    entries,
    entry,
    moment,
    scalar,
    section,
)
from kty.views.reading import listed, mapped, texts
from kty.views.said import field, text


def describe(job: Object, beside: Beside) -> Description:
    spec, status = mapped(job, "spec"), mapped(job, "status")
    parts: list[Part] = [
        identity.name(job),
        identity.namespace(job),
        selector(job),
        identity.labels(job),
        identity.annotations(job),
        *identity.leaving(job),
        *identity.controlled_by(job),
        entry("Parallelism", spec.get("parallelism"), missing="<unset>"),
        entry("Completions", spec.get("completions"), missing="<unset>"),
    ]
    for title, key in (
        ("Completion Mode", "completionMode"),
        ("Suspend", "suspend"),
        ("Backoff Limit", "backoffLimit"),
        ("Backoff Limit Per Index", "backoffLimitPerIndex"),
        ("TTL Seconds After Finished", "ttlSecondsAfterFinished"),
    ):
        if (value := spec.get(key)) is not None:
            parts.append(entry(title, value))
    parts += _times(status)
    if (deadline := spec.get("activeDeadlineSeconds")) is not None:
        parts.append(entry("Active Deadline Seconds", f"{deadline}s"))
    parts += [_pods(status), *_indexes(spec, status), *_policies(spec), pod_template(job)]
    return (*parts, *identity.conditions(job, "Reason", "LastTransitionTime", "Message"))


def _times(status: Object) -> list[Part]:
    parts: list[Part] = []
    started, ended = text(status, "startTime"), text(status, "completionTime")
    if started:
        parts.append(Entry("Start Time", (moment(started),)))
    if ended:
        parts.append(Entry("Completed At", (moment(ended),)))
    start, end = epoch(started), epoch(ended)
    if start is not None and end is not None:
        parts.append(entry("Duration", age(end - start)))
    return parts


def _pods(status: Object) -> Entry:
    failed = count(status, "failed")
    active, succeeded = count(status, "active"), count(status, "succeeded")
    shown = f"{active} Active ({count(status, 'ready')} Ready) / {succeeded} Succeeded / {failed} Failed"
    return entry("Pods Statuses", Piece(shown, "warn" if failed else ""))


def _indexes(spec: Object, status: Object) -> list[Part]:
    if spec.get("completionMode") != "Indexed":
        return []
    parts: list[Part] = [entry("Completed Indexes", text(status, "completedIndexes"))]
    if failed := text(status, "failedIndexes"):
        parts.append(entry("Failed Indexes", failed, tone="warn"))
    return parts


def _policies(spec: Object) -> list[Part]:
    """Return the rules by which it fails or succeeds early, a line each."""
    parts: list[Part] = []
    if rules := listed(spec, "podFailurePolicy", "rules"):
        parts.append(entries("Pod Failure Policy", map(_rule, rules)))
    if rules := listed(spec, "successPolicy", "rules"):
        parts.append(entries("Success Policy", [_said(rule) for rule in rules]))
    return parts


def _rule(rule: Object) -> str:
    if codes := mapped(rule, "onExitCodes"):
        what = f"exit codes {text(codes, 'operator')} [{', '.join(texts(codes, 'values'))}]"
        what += f" of {codes['containerName']}" if codes.get("containerName") else ""
    else:
        found = [f"{text(each, 'type')}={text(each, 'status')}" for each in listed(rule, "onPodConditions")]
        what = f"conditions {', '.join(found)}"
    return f"{text(rule, 'action')} on {what}"


def _said(values: dict[str, Any]) -> str:
    return ", ".join([f"{key}={scalar(value)}" for key, value in values.items()])


def job_template(obj: Object) -> list[Part]:
    """Return what a cron job says of the jobs that it makes."""
    spec = mapped(obj, "spec", "jobTemplate", "spec")
    parts: list[Part] = [
        entry("Selector", _said(mapped(spec, "selector", "matchLabels")), missing="<unset>"),
        entry("Parallelism", spec.get("parallelism"), missing="<unset>"),
        entry("Completions", spec.get("completions"), missing="<unset>"),
    ]
    if (deadline := spec.get("activeDeadlineSeconds")) is not None:
        parts.append(entry("Active Deadline Seconds", f"{deadline}s"))
    if (seconds := field(spec, "ttlSecondsAfterFinished")) is not None:
        parts.append(entry("TTL Seconds After Finished", seconds))
    return [*parts, section("Pod Template", pod_template(obj, "spec", "jobTemplate", "spec", "template").parts)]


DESCRIBER = Describer("jobs.batch", describe)
