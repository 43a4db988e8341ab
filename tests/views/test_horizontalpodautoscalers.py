from typing import Any

import pytest

from kty.views.horizontalpodautoscalers import VIEW
from tests.views.showing import meta, row, shown

Dict = dict[str, Any]


def scaler(*metrics: tuple[Dict, Dict | None], **status: Any) -> Dict:
    current = [now for _, now in metrics if now is not None]
    return {
        "metadata": meta(),
        "spec": {
            "scaleTargetRef": {"kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 10,
            "metrics": [wanted for wanted, _ in metrics],
        },
        "status": {"currentReplicas": 3, "currentMetrics": current or None, **status},
    }


def wanted(kind: str, field: str, **target: Any) -> Dict:
    return {"type": kind, field: {"name": "cpu", "target": target}}


def now(kind: str, field: str, **current: Any) -> Dict:
    return {"type": kind, field: {"name": "cpu", "current": current}}


TARGETS: dict[str, tuple[list[tuple[Dict, Dict | None]], str]] = {
    "no metrics": ([], "<none>"),
    "share of a resource": (
        [
            (
                wanted("Resource", "resource", averageUtilization=80),
                now("Resource", "resource", averageUtilization=42, averageValue="10m"),
            )
        ],
        "cpu: 42%/80%",
    ),
    "share of a resource that is not measured": (
        [(wanted("Resource", "resource", averageUtilization=80), None)],
        "cpu: <unknown>/80%",
    ),
    "share of a resource that the server chooses": ([(wanted("Resource", "resource"), None)], "cpu: <unknown>/<auto>"),
    "amount of a resource": (
        [(wanted("Resource", "resource", averageValue="500m"), now("Resource", "resource", averageValue="250m"))],
        "cpu: 250m/500m",
    ),
    "resource of a container": (
        [
            (
                wanted("ContainerResource", "containerResource", averageUtilization=60),
                now("ContainerResource", "containerResource", averageUtilization=30),
            )
        ],
        "cpu: 30%/60%",
    ),
    "pods": ([(wanted("Pods", "pods", averageValue="1k"), now("Pods", "pods", averageValue="900"))], "900/1k"),
    "pods that are not measured": ([(wanted("Pods", "pods", averageValue="1k"), None)], "<unknown>/1k"),
    "another object": ([(wanted("Object", "object", value="5"), now("Object", "object", value="4"))], "4/5"),
    "another object on average": (
        [(wanted("Object", "object", averageValue="5"), now("Object", "object", averageValue="4"))],
        "4/5 (avg)",
    ),
    "outside": ([(wanted("External", "external", value="5"), now("External", "external", value="4"))], "4/5"),
    "outside on average": ([(wanted("External", "external", averageValue="5"), None)], "<unknown>/5 (avg)"),
    "of another type": ([({"type": "Novel"}, None)], "<unknown type>"),
    "two, each with its own": (
        [
            (wanted("Pods", "pods", averageValue="8"), now("Pods", "pods", averageValue="1")),
            (wanted("Pods", "pods", averageValue="9"), now("Pods", "pods", averageValue="2")),
        ],
        "1/8, 2/9",
    ),
    "three": (
        [(wanted("Pods", "pods", averageValue=str(value)), None) for value in (1, 2, 3)],
        "<unknown>/1, <unknown>/2 + 1 more...",
    ),
}


@pytest.mark.parametrize(("metrics", "text"), TARGETS.values(), ids=TARGETS.keys())
def test_targets_are_shown_as_kubectl_shows_them(metrics: list[tuple[Dict, Dict | None]], text: str) -> None:
    assert shown(VIEW, scaler(*metrics))["Targets"] == text


def test_an_autoscaler_shows_what_it_scales_and_how_far() -> None:
    found = shown(VIEW, scaler())
    assert (found["Reference"], found["Replicas"]) == ("Deployment/web", "3")
    assert (found["MinPods"], found["MaxPods"]) == ("2", "10")
    assert shown(VIEW, {})["MinPods"] == "<unset>"


@pytest.mark.parametrize(
    ("condition", "problem", "tone"),
    [
        (
            {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric"},
            "FailedGetResourceMetric",
            "warn",
        ),
        ({"type": "AbleToScale", "status": "False", "reason": "FailedGetScale"}, "FailedGetScale", "warn"),
        ({"type": "ScalingActive", "status": "False", "reason": "ScalingDisabled"}, "", ""),
        ({"type": "ScalingLimited", "status": "True", "reason": "TooFewReplicas"}, "", ""),
        ({"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale"}, "", ""),
    ],
)
def test_an_autoscaler_that_cannot_scale_says_why(condition: Dict, problem: str, tone: str) -> None:
    obj = scaler(conditions=[condition])
    assert shown(VIEW, obj)["Problem"] == problem
    assert VIEW.tone(row(VIEW, obj)) == tone
