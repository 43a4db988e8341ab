from typing import Any

import pytest

from kty.views.jobs import VIEW
from kty.views.view import Browse
from tests.views.showing import NOW, compared, meta, row, shown

START = "2026-01-02T03:00:00Z"


def job(*conditions: str, deleting: bool = False, spec: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    return {
        "metadata": meta(deletionTimestamp=START) if deleting else meta(),
        "spec": spec or {},
        "status": {"conditions": [{"type": kind, "status": "True"} for kind in conditions], **status},
    }


@pytest.mark.parametrize(
    ("obj", "status", "tone"),
    [
        (job(), "Running", ""),
        (job(failed=1), "Running", "warn"),
        (job("SuccessCriteriaMet", "Complete"), "Complete", "dim"),
        (job("FailureTarget", "Failed"), "Failed", "bad"),
        (job("FailureTarget"), "FailureTarget", "bad"),
        (job("SuccessCriteriaMet"), "SuccessCriteriaMet", ""),
        (job("FailureTarget", "Suspended"), "Suspended", "dim"),
        (job("Suspended", deleting=True), "Terminating", "dim"),
        (job("Complete", deleting=True), "Complete", "dim"),
    ],
)
def test_a_job_shows_how_it_is_as_kubectl_does(obj: dict[str, Any], status: str, tone: str) -> None:
    assert shown(VIEW, obj)["Status"] == status
    assert VIEW.tone(row(VIEW, obj)) == tone


def test_a_condition_that_is_false_says_nothing() -> None:
    obj = job()
    obj["status"]["conditions"] = [{"type": "Suspended", "status": "False"}]
    assert shown(VIEW, obj)["Status"] == "Running"


@pytest.mark.parametrize(
    ("spec", "text", "part"),
    [
        ({"completions": 4}, "1/4", 0.25),
        ({"completions": 0}, "1/0", 1.0),
        ({}, "1/1", 1.0),
        ({"parallelism": 1}, "1/1", 1.0),
        ({"parallelism": 3}, "1/1 of 3", 1.0),
        ({"completions": 4, "parallelism": 3}, "1/4", 0.25),
    ],
)
def test_completions_are_counted_as_kubectl_counts_them(spec: dict[str, Any], text: str, part: float) -> None:
    obj = job(spec=spec, succeeded=1)
    assert shown(VIEW, obj)["Completions"] == text
    assert compared(VIEW, "Completions", obj) == part


def test_the_duration_ticks_until_the_job_completes() -> None:
    running = job(startTime=START)
    assert (shown(VIEW, running, NOW)["Duration"], shown(VIEW, running, NOW + 1)["Duration"]) == ("5m", "5m1s")
    assert compared(VIEW, "Duration", running) is None
    ended = job("Complete", startTime=START, completionTime="2026-01-02T03:01:30Z")
    assert shown(VIEW, ended, NOW + 1000)["Duration"] == "90s"
    assert compared(VIEW, "Duration", ended) == 90
    assert shown(VIEW, job())["Duration"] == ""


def test_enter_on_a_job_leads_to_its_pods() -> None:
    label = "batch.kubernetes.io/controller-uid"
    obj = job(spec={"selector": {"matchLabels": {label: "uid-1"}}})
    assert VIEW.opens(obj) == Browse("pods", namespace="shop", labels=f"{label}=uid-1", owner="uid-1", title="job/web")
