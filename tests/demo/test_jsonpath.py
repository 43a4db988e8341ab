"""The paths of printer columns."""

from typing import Any

import pytest

from kty.demo.jsonpath import found

OBJ: dict[str, Any] = {
    "spec": {"n": 3, "a.b": "dotted", "list": [{"name": "x", "on": True}, {"name": "y", "size": 5}], "empty": []},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Live", "status": "False"}]},
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (".spec.n", [3]),
        ("{.spec.n}", [3]),
        ("$.spec.n", [3]),
        ("spec.n", [3]),
        (".spec.a\\.b", ["dotted"]),
        (".spec['a.b']", ["dotted"]),
        ('.spec["a.b"]', ["dotted"]),
        (".spec.list[*].name", ["x", "y"]),
        (".spec.list[0].name", ["x"]),
        (".spec.list[-1].name", ["y"]),
        (".spec.list[9].name", []),
        (".spec.list[0,1].name", ["x", "y"]),
        (".spec.list[0:1].name", ["x"]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?(@.type=='Live')].status", ["False"]),
        ('.status.conditions[?(@.type!="Live")].type', ["Ready"]),
        (".spec.list[?(@.on)].name", ["x"]),
        (".spec.list[?(@.on==true)].name", ["x"]),
        (".spec.list[?(@.size>4)].name", ["y"]),
        (".spec.list[?(@.size>'four')].name", []),
        ("..name", ["x", "y"]),
        (".status.conditions[*]['type','x']", []),
        (".nothing.here", []),
        (".spec.n.below", []),
        (".spec.empty[*]", []),
        (".spec.*", [3, "dotted", OBJ["spec"]["list"], []]),
        ("", [OBJ]),
        (".[", []),
    ],
)
def test_a_path_leads_to_values(path: str, values: list[Any]) -> None:
    assert found(path, OBJ) == values
