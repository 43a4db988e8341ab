"""docs/kube-parity.md names what there is: modules, and tests that prove them."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LATER = "(at the merge)"
"""What is being built beside this, and may not be there yet."""


def rows() -> list[list[str]]:
    lines = (ROOT / "docs/kube-parity.md").read_text("utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert table[0] == ["Feature", "Where", "Proof"]
    return table[2:]


@pytest.mark.parametrize("row", rows(), ids=lambda row: re.sub(r"\W+", "-", row[0]))
def test_a_feature_is_somewhere_and_proved(row: list[str]) -> None:
    _, where, proof = row
    for cell, exists in ((where, is_module), (proof, is_test)):
        names = re.findall(r"`([^`]+)`", cell)
        assert names
        assert LATER in cell or all(map(exists, names)), [name for name in names if not exists(name)]


def is_module(name: str) -> bool:
    return name.startswith("kty.") and find_spec(name) is not None


def is_test(name: str) -> bool:
    path, _, test = name.partition("::")
    if not (ROOT / path).is_file():
        return False
    known = {node.name for node in ast.parse((ROOT / path).read_text("utf-8")).body if hasattr(node, "name")}
    return test in known if test else any(each.startswith("test_") for each in known)


def test_no_feature_stands_there_twice() -> None:
    features = [row[0] for row in rows()]
    assert len(set(features)) == len(features)
    assert len(features) > 30


def test_a_name_that_is_none_would_be_found() -> None:
    assert is_module("kty.kube.api")
    assert not is_module("kty.kube.nothing")
    assert is_test("tests/kube/test_parity.py::test_no_feature_stands_there_twice")
    assert not is_test("tests/kube/test_parity.py::test_nothing")
    assert not is_test("tests/kube/test_nothing.py")
