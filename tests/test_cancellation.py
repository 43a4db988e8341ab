"""Nothing in kty swallows a cancellation: who catches one raises it again."""

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import kty

ROOT = Path(kty.__file__).parent
CATCHES = {"BaseException", "CancelledError"}
MAY = {"demo/running.py"}
"""Its handler is the end of a thread: what ended it is told to whoever started it."""


def _names(node: ast.expr | None) -> set[str]:
    """Return the last words of the classes that an except clause, or `suppress`, names; everything for none."""
    if node is None:
        return CATCHES
    every = list(ast.walk(node))
    attributes = {each.attr for each in every if isinstance(each, ast.Attribute)}
    return attributes | {each.id for each in every if isinstance(each, ast.Name)}


def swallowers(source: str) -> Iterator[int]:
    """Yield the lines where a cancellation would end unheard."""
    if not any(word in source for word in (*CATCHES, "except:")):
        return
    gc.disable()  # CPython 3.11 sometimes fails to parse while it collects garbage (gh-106905)
    try:
        tree = ast.parse(source)
    finally:
        gc.enable()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _names(node.type) & CATCHES:
            raises = [each for each in ast.walk(node) if isinstance(each, ast.Raise) and each.exc is None]
            if not raises:
                yield node.lineno
        if isinstance(node, ast.Call) and "suppress" in _names(node.func):
            yield from [node.lineno for argument in node.args if _names(argument) & CATCHES]


def test_nothing_swallows_a_cancellation() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in ROOT.rglob("*.py")
        if str(path.relative_to(ROOT)) not in MAY
        for line in swallowers(path.read_text())
    }
    assert found == set()


def test_what_would_swallow_one_is_found() -> None:
    bad = """
try: ...
except: pass
try: ...
except (OSError, asyncio.CancelledError): pass
try: ...
except BaseException as error: log(error)
with suppress(asyncio.CancelledError): ...
with contextlib.suppress(OSError, BaseException): ...
"""
    good = """
try: ...
except BaseException: raise
try: ...
except asyncio.CancelledError:
    if mine: raise
try: ...
except (OSError, Exception): pass
with suppress(OSError): ...
"""
    assert sorted(swallowers(bad)) == [3, 5, 7, 8, 9]
    assert list(swallowers(good)) == []
