"""What every program in `examples/` keeps to."""

import ast
from pathlib import Path

import pytest

from tests.examples.programs import EXAMPLES

PROGRAMS = sorted(EXAMPLES.glob("*.py"))
TESTS = Path(__file__).parent


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_is_short_and_says_how_it_is_run(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 60
    said = ast.get_docstring(ast.parse(text)) or ""
    assert f"\n\npython examples/{path.name}" in said


def test_there_are_many() -> None:
    assert len(PROGRAMS) >= 25


def test_the_index_has_a_line_for_each() -> None:
    lines = (EXAMPLES / "README.md").read_text("utf-8").splitlines()
    named = [line.partition("(")[2].partition(")")[0] for line in lines if line.startswith("- [")]
    assert sorted(named) == [path.name for path in PROGRAMS]


def test_each_is_run_by_a_test() -> None:
    words = {
        node.value
        for path in TESTS.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [path.stem for path in PROGRAMS if path.stem not in words] == []
