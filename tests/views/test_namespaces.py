from kty.views.namespaces import VIEW
from kty.views.view import SwitchNamespace
from tests.views.showing import meta, row, shown


def test_a_namespace_that_ends_is_toned() -> None:
    active = {"metadata": meta("shop"), "status": {"phase": "Active"}}
    ending = {"metadata": meta("shop"), "status": {"phase": "Terminating"}}
    assert shown(VIEW, active) == {"Status": "Active", "Age": "5m"}
    assert [VIEW.tone(row(VIEW, each)) for each in (active, ending)] == ["", "warn"]


def test_enter_on_a_namespace_switches_to_it() -> None:
    assert VIEW.opens({"metadata": meta("shop")}) == SwitchNamespace("shop")
