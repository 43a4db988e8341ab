"""What `kty.kube` offers by name."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kty.kube


def test_every_name_is_known_to_type_checkers_and_there() -> None:
    tree = ast.parse(Path(kty.kube.__file__).read_text("utf-8"))
    told = {
        (str(node.module), alias.name)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == alias.asname
    }
    assert told == {(f"kty.kube.{module}", name) for name, module in kty.kube._HOMES.items()}
    for module, name in told:
        assert getattr(kty.kube, name) is getattr(sys.modules[module], name)
    assert {name for _, name in told} <= set(dir(kty.kube))


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(AttributeError, match="'Apis'"):
        kty.kube.Apis  # noqa: B018


def test_importing_it_loads_none_of_it() -> None:
    code = "import sys, kty.kube; print([name for name in sys.modules if name.startswith('kty.kube.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
