from typing import Any

from kty.views.containers import COLUMNS, CONTAINERS, containers_of
from tests.views.showing import NOW, meta, titled

POD: dict[str, Any] = {
    "metadata": meta(resourceVersion="7"),
    "spec": {
        "initContainers": [
            {"name": "migrate", "image": "db:1"},
            {"name": "proxy", "image": "mesh:2", "restartPolicy": "Always"},
        ],
        "containers": [
            {
                "name": "main",
                "image": "web:3",
                "ports": [
                    {"name": "http", "containerPort": 8080, "protocol": "TCP"},
                    {"containerPort": 53, "protocol": "UDP"},
                ],
                "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
                "livenessProbe": {"exec": {"command": ["true"]}},
                "startupProbe": {"tcpSocket": {"port": 80}},
            },
            {"name": "late", "image": "web:3"},
        ],
        "ephemeralContainers": [{"name": "debugger", "image": "busybox"}],
    },
    "status": {
        "initContainerStatuses": [
            {"name": "proxy", "ready": True, "state": {"running": {"startedAt": "2026-01-02T03:02:00Z"}}},
            {
                "name": "migrate",
                "ready": True,
                "state": {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": "2026-01-02T03:01:00Z"}},
            },
        ],
        "containerStatuses": [
            {
                "name": "main",
                "ready": False,
                "restartCount": 2,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-01-02T03:04:00Z"}},
            },
        ],
        "ephemeralContainerStatuses": [
            {"name": "debugger", "ready": False, "state": {"running": {"startedAt": "2026-01-02T03:04:30Z"}}}
        ],
    },
}


def test_containers_come_in_the_order_in_which_they_start_with_their_type() -> None:
    rows = containers_of(POD)
    assert [(row.name, titled(COLUMNS, row)["Type"]) for row in rows] == [
        ("migrate", "init"),
        ("proxy", "sidecar"),
        ("main", "container"),
        ("late", "container"),
        ("debugger", "ephemeral"),
    ]
    assert {row.namespace for row in rows} == {"shop"}
    assert len({row.uid for row in rows}) == 5


def test_a_container_shows_what_it_asks_for_and_how_it_is() -> None:
    main = titled(COLUMNS, containers_of(POD)[2], NOW)
    joined = [column.title for column in COLUMNS if column.joins is not None]
    assert {title: cell for title, cell in main.items() if title not in joined} == {
        "Type": "container",
        "Ready": "False",
        "State": "CrashLoopBackOff",
        "Restarts": "2 (60s ago)",
        "Image": "web:3",
        "CPU Request": "100m",
        "CPU Limit": "",
        "Memory Request": "1Gi",
        "Memory Limit": "2Gi",
        "Ports": "http:8080,53/UDP",
        "Probes": "live,start",
        "Age": "",
    }


def test_a_container_is_as_old_as_its_run() -> None:
    ages = [titled(COLUMNS, row, NOW)["Age"] for row in containers_of(POD)]
    assert ages == ["4m", "3m", "", "", "30s"]


def test_a_container_that_fails_or_is_not_ready_looks_so() -> None:
    assert [CONTAINERS.tone(row) for row in containers_of(POD)] == ["dim", "", "bad", "", ""]
    unready = {**POD, "status": {"containerStatuses": [{"name": "late", "state": {"running": {}}}]}}
    assert CONTAINERS.tone(containers_of(unready)[3]) == "warn"


def test_requests_sort_by_what_they_amount_to() -> None:
    column = next(column for column in COLUMNS if column.title == "Memory Request")
    assert column.compare("1Gi") == 1024**3


def test_an_odd_container_harms_no_other() -> None:
    pod = {"spec": {"containers": [{"name": "odd", "image": 7}, {"name": "even", "image": "web"}, "rubbish"]}}
    odd, even = containers_of(pod)
    assert (odd.name, even.name) == ("odd", "even")
    assert odd.fault
    assert CONTAINERS.tone(odd) == ""
    assert not even.fault


def test_a_pod_that_says_nothing_has_no_containers() -> None:
    assert containers_of({}) == []
