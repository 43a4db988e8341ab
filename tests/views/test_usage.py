"""What is used beside what was asked for and what is allowed: joined to rows, never kept in them."""

from typing import Any

import pytest

from kty.kube.objects import Key, Row
from kty.kube.usage import Usage
from kty.views.fields import Field, fields, haystack
from kty.views.filters import parse
from kty.views.nodes import VIEW as NODES
from kty.views.pods import VIEW as PODS
from kty.views.usage import Measured, Reading, sayings
from kty.views.view import View, keeping
from tests.views.showing import meta, row

MI = 2.0**20


def container(name: str, cpu: str = "", memory: str = "", **more: Any) -> dict[str, Any]:
    """Return a container; an amount is `request`, `request/limit` or `/limit`."""
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}
    for resource, amounts in (("cpu", cpu), ("memory", memory)):
        request, _, limit = amounts.partition("/")
        requests |= {resource: request} if request else {}
        limits |= {resource: limit} if limit else {}
    return {"name": name, "resources": {"requests": requests, "limits": limits}, **more}


def pod(*containers: dict[str, Any], **spec: Any) -> Row:
    return row(PODS, {"metadata": meta(), "spec": {"containers": containers, **spec}})


def usage(**parts: tuple[float, float]) -> Usage:
    """Return the usage of these containers: cores and bytes."""
    return Usage(1.0, tuple(parts), tuple(cpu for cpu, _ in parts.values()), tuple(m for _, m in parts.values()))


def joined(view: View, found: Usage | None, *, is_old: bool = False) -> dict[str, Field]:
    reading = None if found is None else Reading(found, is_old)
    every = fields(view.columns, wide=True, readings=lambda key: reading)
    return {field.column.title: field for field in every if field.column.joins is not None}


def shown(of: Row, found: Usage | None, view: View = PODS) -> dict[str, str]:
    return {title: field.text(of, 0.0) for title, field in joined(view, found).items()}


def test_without_a_store_that_says_it_the_columns_are_not_there() -> None:
    titles = [field.column.title for field in fields(PODS.columns, wide=True)]
    assert not {"CPU", "Memory"} & set(titles)
    assert titles[-1] == "Service Account"
    found = pod(container("app"), nodeName="worker-1")
    node = next(field for field in fields(PODS.columns) if field.column.title == "Node")
    assert node.text(found, 0.0) == "worker-1"


def test_usage_is_shown_with_its_percent_of_request_and_limit() -> None:
    found = shown(pod(container("app", "500m/1", "128Mi/256Mi")), usage(app=(0.25, 192 * MI)))
    assert found == {
        "CPU": "250m",
        "CPU %R": "50%",
        "CPU %L": "25%",
        "Memory": "192Mi",
        "Memory %R": "150%",
        "Memory %L": "75%",
    }


def test_what_was_never_asked_for_has_no_percent() -> None:
    found = shown(pod(container("app")), usage(app=(0.25, 192 * MI)))
    assert (found["CPU"], found["CPU %R"], found["CPU %L"]) == ("250m", "-", "-")


def test_a_request_of_nothing_has_no_percent() -> None:
    assert shown(pod(container("app", "0/0")), usage(app=(0.25, 0.0)))["CPU %R"] == "-"


def test_what_is_not_measured_shows_nothing() -> None:
    assert set(shown(pod(container("app", "500m/1")), None).values()) == {""}


def test_a_container_without_a_limit_counts_towards_no_share_of_limits() -> None:
    found = shown(pod(container("app", "100m/200m"), container("free", "100m")), usage(app=(0.1, 0), free=(3.0, 0)))
    assert found["CPU"] == "3100m"
    assert found["CPU %L"] == "50%"
    assert found["CPU %R"] == "1550%"


def test_sidecars_count_and_init_containers_that_are_over_do_not() -> None:
    of = pod(
        container("app", "100m"),
        initContainers=[container("setup", "4"), container("mesh", "100m", restartPolicy="Always")],
    )
    assert shown(of, usage(app=(0.1, 0), mesh=(0.05, 0)))["CPU %R"] == "75%"


def test_a_pod_can_ask_as_a_whole() -> None:
    of = pod(container("app", "100m/100m"), resources={"limits": {"cpu": "2"}, "requests": {"cpu": "1"}})
    found = shown(of, usage(app=(0.5, 0), more=(0.5, 0)))
    assert (found["CPU %R"], found["CPU %L"]) == ("100%", "50%")
    of = pod(container("app", "100m/100m", "4Mi"), resources={"limits": {"cpu": "2"}})
    assert shown(of, usage(app=(0.5, 2 * MI)))["Memory %R"] == "50%"


def test_a_quantity_that_is_none_is_as_if_it_were_not_there() -> None:
    assert shown(pod(container("app", "much/1")), usage(app=(0.5, 0)))["CPU %R"] == "-"


@pytest.mark.parametrize(("cores", "tone"), [(0.5, ""), (0.85, "warn"), (0.97, "bad"), (1.2, "bad")])
def test_near_its_limit_it_looks_so(cores: float, tone: str) -> None:
    found = joined(PODS, usage(app=(cores, 0.0)))
    of = pod(container("app", "100m/1"))
    assert [found[title].column.tone(found[title].value(of)) for title in ("CPU", "CPU %L", "Memory")] == [
        tone,
        tone,
        "",
    ]


def test_the_container_that_is_nearest_to_its_limit_decides_how_it_looks() -> None:
    found = joined(PODS, usage(app=(0.1, 0.0), tight=(0.1, 0.0)))["CPU"]
    assert found.column.tone(found.value(pod(container("app", "/10"), container("tight", "/100m")))) == "bad"


def test_old_values_are_grey_however_bad_they_were() -> None:
    found = joined(PODS, usage(app=(1.0, 0.0)), is_old=True)
    of = pod(container("app", "1/1"))
    assert {field.column.tone(field.value(of)) for field in found.values()} == {"dim"}


def test_nodes_are_measured_by_what_is_allocatable() -> None:
    status = {"capacity": {"cpu": "4", "memory": "8Gi"}, "allocatable": {"cpu": "2", "memory": "4Gi"}}
    found = shown(row(NODES, {"metadata": meta(), "status": status}), Usage(1.0, ("",), (1.5,), (2.0**30,)), NODES)
    assert found == {"CPU": "1500m", "CPU %": "75%", "Memory": "1Gi", "Memory %": "25%"}


def test_values_sort_as_numbers_and_what_is_not_measured_as_nothing() -> None:
    of = pod(container("app", "1/2"))
    found = joined(PODS, usage(app=(0.25, 3 * MI)))
    keys = [found[title].sort_key(of) for title in ("CPU", "CPU %R", "Memory")]
    assert keys == [0.25, 25.0, 3 * MI]
    assert joined(PODS, None)["CPU"].sort_key(of) is None


@pytest.mark.parametrize(
    ("text", "lets"),
    [
        ("cpu>500m", True),
        ("cpu>0.7", False),
        ("cpu<1", True),
        ("mem>1Gi", True),
        ("mem>3Gi", False),
        ("memory>1Gi", True),
        ("cpu%r>50", True),
        ("cpu%l>50", False),
        ("cpu:600", True),
        ("cpu=600m", True),
        ("!mem>1Gi", False),
        ("600", False),
    ],
)
def test_filters_compare_what_is_used_and_words_look_past_it(text: str, lets: bool) -> None:
    every = fields(PODS.columns, wide=True, readings=lambda key: Reading(usage(app=(0.6, 2048 * MI))))
    of = pod(container("app", "1/2"))
    assert parse(text, every).matches(of, haystack(every)(of), 0.0) is lets


def test_a_word_marks_nothing_in_what_is_used() -> None:
    every = fields(PODS.columns, readings=lambda key: Reading(usage(app=(0.6, 0.0))))
    cells = [field.text(pod(container("app")), 0.0) for field in every if field.shown]
    assert "600m" in cells
    assert parse("600", every).spans(cells) == ()


def test_each_row_is_joined_by_its_own_key() -> None:
    asked: list[Key] = []

    def reading(key: Key) -> Reading:
        asked.append(key)
        return Reading(usage(app=(1.0, 0.0)))

    cpu = next(field for field in fields(PODS.columns, readings=reading) if field.column.title == "CPU")
    assert cpu.text(pod(container("app")), 0.0) == "1000m"
    assert asked == [("shop", "web")]


def test_objects_of_one_template_keep_what_they_ask_for_once() -> None:
    first, second = pod(container("app", "1/2")), pod(container("app", "1/2"))
    titles = [column.title for column in keeping(PODS.columns)]
    at = titles.index("CPU")
    assert first.cells[at] is second.cells[at]
    assert len(first.cells) == len(titles)
    assert "Memory" not in titles  # it joins what CPU keeps


def test_it_is_said_at_length_and_briefly() -> None:
    cpu = joined(PODS, usage(app=(0.25, 0.0)))["CPU"].value(pod(container("app", "500m/2")))
    assert isinstance(cpu, Measured)
    assert sayings(cpu) == (
        "250m  50% of request 500m  12% of limit 2",
        "250m  request 500m  limit 2",
        "250m  R 500m  L 2",
        "250m",
    )
    free = joined(PODS, usage(app=(0.25, 0.0)))["CPU"].value(pod(container("app")))
    assert sayings(free) == ("250m",)
