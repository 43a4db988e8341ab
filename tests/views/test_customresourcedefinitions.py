from typing import Any

from kty.views.customresourcedefinitions import VIEW
from kty.views.view import Browse, Yaml
from tests.views.showing import meta, row, shown

WIDGETS: dict[str, Any] = {
    "metadata": meta("widgets.example.com"),
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [{"name": "v1", "served": True}, {"name": "v1alpha1", "served": False}],
    },
    "status": {"conditions": [{"type": "Established", "status": "True"}]},
}


def test_a_definition_shows_what_it_defines() -> None:
    assert shown(VIEW, WIDGETS) == {
        "Kind": "Widget",
        "Group": "example.com",
        "Scope": "Namespaced",
        "Versions": "v1",
        "Age": "5m",
        "Established": "True",
    }


def test_a_definition_that_is_not_established_is_toned() -> None:
    assert [VIEW.tone(row(VIEW, obj)) for obj in (WIDGETS, {**WIDGETS, "status": {}})] == ["", "warn"]


def test_enter_on_a_definition_leads_to_its_objects() -> None:
    assert VIEW.opens(WIDGETS) == Browse("widgets.example.com")
    assert VIEW.opens({}) == Yaml()
