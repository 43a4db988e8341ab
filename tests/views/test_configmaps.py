from kty.views.configmaps import VIEW
from kty.views.view import Yaml
from tests.views.showing import meta, shown


def test_a_config_map_shows_how_many_keys_it_has_of_both_kinds() -> None:
    obj = {"metadata": meta(), "data": {"a": "1", "b": "2"}, "binaryData": {"c": "AA=="}}
    assert shown(VIEW, obj) == {"Data": "3", "Age": "5m"}
    assert shown(VIEW, {"data": None})["Data"] == "0"
    assert VIEW.opens(obj) == Yaml()
