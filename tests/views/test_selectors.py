from typing import Any

import pytest

from kty.kube.selectors import parse
from kty.views.selectors import from_label_selector, from_labels

CASES: list[tuple[dict[str, Any] | None, str]] = [
    (None, ""),
    ({}, ""),
    ({"matchLabels": None, "matchExpressions": None}, ""),
    ({"matchLabels": {"tier": "web", "app": "shop"}}, "app=shop,tier=web"),
    ({"matchLabels": {"app": ""}}, "app="),
    ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["b", "a"]}]}, "app in (a,b)"),
    ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a"]}]}, "app in (a)"),
    ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a", "b"]}]}, "app notin (a,b)"),
    ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, "app"),
    ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, "!app"),
    (
        {"matchLabels": {"x": "1"}, "matchExpressions": [{"key": "a", "operator": "Exists"}]},
        "a,x=1",
    ),
]


@pytest.mark.parametrize(("selector", "text"), CASES)
def test_a_label_selector_is_written_as_kubectl_takes_it(selector: dict[str, Any] | None, text: str) -> None:
    assert from_label_selector(selector) == text


@pytest.mark.parametrize("text", [text for _, text in CASES])
def test_what_is_written_can_be_read(text: str) -> None:
    assert len(parse(text).requirements) == (0 if not text else 2 if text in ("app=shop,tier=web", "a,x=1") else 1)


def test_an_operator_that_is_not_known_is_written_out_so_that_it_never_selects_more() -> None:
    text = from_label_selector({"matchExpressions": [{"key": "app", "operator": "Like", "values": ["w"]}]})
    assert text == "app like (w)"


def test_labels_select_by_all_of_them() -> None:
    assert from_labels({"b": "2", "a": "1"}) == "a=1,b=2"
    assert from_labels(None) == ""
