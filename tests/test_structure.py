"""What every module of kty keeps to."""

import ast
from pathlib import Path

import pytest

import kty

ROOT = Path(kty.__path__[0])
MODULES = sorted(ROOT.rglob("*.py"))
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "core", "lib"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_prints_nothing(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module), "it has no docstring"
    calls = [node.func for node in ast.walk(module) if isinstance(node, ast.Call)]
    assert not [call.lineno for call in calls if isinstance(call, ast.Name) and call.id == "print"]


def test_a_name_says_what_a_module_is() -> None:
    named = {part for path in MODULES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not named & NAMES_OF_NOTHING


def test_nothing_is_left_to_be_done() -> None:
    for path in MODULES:
        text = path.read_text()
        assert not [word for word in ("TODO", "FIXME", "XXX", "HACK", "NotImplementedError") if word in text], path
