from typing import Any

from kty.views.cronjobs import VIEW
from kty.views.view import Browse, Yaml
from tests.views.showing import NOW, compared, meta, moment, row, shown

NIGHTLY: dict[str, Any] = {
    "metadata": meta("nightly"),
    "spec": {
        "schedule": "0 3 * * *",
        "timeZone": "Europe/Berlin",
        "suspend": False,
        "jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "web:3"}]}}}},
    },
    "status": {"active": [{"name": "nightly-1"}, {"name": "nightly-2"}], "lastScheduleTime": "2026-01-02T03:04:00Z"},
}


def test_a_cron_job_shows_its_schedule_and_what_became_of_it() -> None:
    assert shown(VIEW, NIGHTLY) == {
        "Schedule": "0 3 * * *",
        "Timezone": "Europe/Berlin",
        "Suspend": "False",
        "Active": "2",
        "Last Schedule": "60s",
        "Age": "5m",
        "Containers": "main",
        "Images": "web:3",
        "Selector": "<none>",
    }
    assert shown(VIEW, NIGHTLY, NOW + 1)["Last Schedule"] == "61s"
    assert compared(VIEW, "Last Schedule", NIGHTLY) == moment("2026-01-02T03:04:00Z")


def test_a_cron_job_that_says_nothing_has_kubectls_words_for_it() -> None:
    found = shown(VIEW, {})
    assert [found[title] for title in ("Timezone", "Suspend", "Active", "Last Schedule")] == [
        "<none>",
        "<unset>",
        "0",
        "<none>",
    ]


def test_a_suspended_cron_job_is_dim() -> None:
    suspended = {**NIGHTLY, "spec": {"suspend": True}}
    assert [VIEW.tone(row(VIEW, obj)) for obj in (NIGHTLY, suspended)] == ["", "dim"]


def test_enter_on_a_cron_job_leads_to_the_jobs_it_made() -> None:
    assert VIEW.opens(NIGHTLY) == Browse("jobs.batch", namespace="shop", owner="uid-1", title="cronjob/nightly")
    assert VIEW.opens({}) == Yaml()
