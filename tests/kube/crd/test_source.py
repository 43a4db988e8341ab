"""The whole module: formatted, clean, the same each time, and harmless whatever the schema says."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kty.kube.parts import Part, Whole
from tests.kube.crd.making import loaded, source

ROOT = Path(__file__).parents[3]
STRING = {"type": "string"}

EVIL = st.sampled_from(
    [
        '"""', "'''", '"""\nimport os\nos.abort()\n"""', "\\", '\\"""', 'x"', "\n", "a\r\nb", "\x00", "\u2028",
        "class", "list", "str", "field", "None", "__init__", "__class__", "__struct_fields__", "__post_init__", "self",
        "a = __import__('os').abort()", "a: int\n    import os", "metadata", "name", "Part", "{x}", "%s", "x" * 200,
        "see https://example.com/" + "x" * 200, "http://example.com/ " * 9,
        "日本語", "\ud800", "a.b", "-", "", "9",
    ]
)  # fmt: skip
TEXTS = EVIL | st.text(max_size=20)
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["string", "integer", "number", "boolean", "array", "x"])}),
    st.fixed_dictionaries({"type": st.just("string"), "enum": st.lists(TEXTS | st.none() | st.integers())}),
    st.fixed_dictionaries({"x-kubernetes-int-or-string": st.booleans(), "description": TEXTS}),
    st.fixed_dictionaries({"type": st.just("string"), "default": TEXTS, "nullable": st.booleans()}),
    st.none() | TEXTS,
)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = {
        "type": st.just("object"),
        "properties": st.dictionaries(TEXTS, inner, max_size=5),
        "required": st.lists(TEXTS, max_size=3),
        "description": TEXTS,
        "x-kubernetes-preserve-unknown-fields": st.booleans(),
    }
    lists = {"type": st.just("array"), "items": inner, "x-kubernetes-list-type": st.sampled_from(["map", "set"])}
    maps = {"type": st.just("object"), "additionalProperties": inner, "nullable": st.booleans()}
    return st.one_of(*map(st.fixed_dictionaries, (parts, lists, maps)))


SCHEMAS = st.recursive(LEAVES, _objects, max_leaves=12)
FIELDS = st.dictionaries(TEXTS, SCHEMAS, max_size=5)
ALLOWED = (ast.ImportFrom, ast.ClassDef, ast.AnnAssign)


def check(statements: list[ast.stmt]) -> None:
    """Raise for every statement that does more than define classes."""
    for statement in statements:
        if isinstance(statement, ast.Expr):
            assert isinstance(statement.value, ast.Constant)
            continue
        assert isinstance(statement, ALLOWED)
        if isinstance(statement, ast.ClassDef):
            assert {ast.unparse(each) for each in statement.bases} <= {"Part", "Whole"}
            assert not statement.decorator_list
            check(statement.body)
        calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
        assert {ast.unparse(call) for call in calls} <= {"field", "Resource"}


@given(FIELDS, TEXTS)
def test_whatever_the_schema_the_source_defines_classes_and_does_nothing_else(
    fields: dict[str, Any], description: str
) -> None:
    text = source(fields, description=description)
    check(ast.parse(text).body)
    made = loaded(text)
    kinds = [each for each in vars(made).values() if isinstance(each, type) and issubclass(each, Part)]
    for kind in set(kinds) - {Part, Whole}:
        msgspec.json.Decoder(kind)
    assert source(fields, description=description) == text


@given(st.lists(FIELDS, min_size=10, max_size=20))
@settings(max_examples=5, suppress_health_check=[HealthCheck.large_base_example])
def test_whatever_the_schema_the_source_is_formatted_and_clean(
    tmp_path_factory: pytest.TempPathFactory, many: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("made")
    for number, fields in enumerate(many):
        (folder / f"made_{number}.py").write_text(source(fields), encoding="utf-8")
    assert_clean(folder)


def assert_clean(folder: Path) -> None:
    """Check it as in a project that has kty installed, by kty's own rules."""
    for words in (("format", "--diff"), ("check",)):
        command = (sys.executable, "-m", "ruff", *words, "--no-cache", "--config", str(ROOT / "pyproject.toml"), ".")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_real_one_is_formatted_clean_and_strictly_typed(tmp_path: Path) -> None:
    reference = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": STRING, "optional": {"type": "boolean"}},
    }
    long = "a long sentence about what this field is for, and what it is not for, either; "
    spec = {
        "type": "object",
        "description": long * 5,
        "required": ["cronSpec"],
        "properties": {
            "cronSpec": {**STRING, "description": 'As in crontab: "* * * * *".'},
            "secretRef": reference,
            "configRef": {**reference, "description": "Another one."},
            "mode": {**STRING, "enum": [f"A word of many {number}" for number in range(9)], "default": "A"},
            "aVeryLongNameForAFieldAsTheyHappenToBe" * 2: {"type": "array", "items": {"type": "object", "properties": {
                "anotherLongNameForAFieldThatHoldsNothing" * 2: {"x-kubernetes-int-or-string": True}}}},
            "podIPs": {"type": "array", "items": STRING, "description": "日本語 " * 60},
        },
    }  # fmt: skip
    (tmp_path / "made.py").write_text(source({"spec": spec, "status": {"type": "object"}}), encoding="utf-8")
    (tmp_path / "use.py").write_text(
        "from kty.kube.api import Api\nfrom kty.kube.client import Client\n\n"
        "from made import CronTab, CronTabSpec\n\n\n"
        "async def use(client: Client) -> str:\n"
        '    made = CronTab(spec=CronTabSpec(cron_spec="*", pod_ips=["::1"]))\n'
        '    back = await Api.of(client, CronTab, "default").create(made)\n'
        '    return back.spec.cron_spec if back.spec else ""\n'
    )
    assert_clean(tmp_path)
    command = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "made.py", "use.py")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lines_that_nobody_can_break_are_let_be(tmp_path: Path) -> None:
    long = [
        "x" * 200,
        "see https://example.com/" + "x" * 200,
        "https://example.com/" + "x" * 200 + " is it",
        "x y " * 60,
    ]
    fields: dict[str, Any] = {each: {"type": "string", "description": each} for each in long}
    fields |= {f"enum{number}": {"type": "string", "enum": [each, "b"]} for number, each in enumerate(long)}
    fields |= {f"one{number}": {"type": "string", "enum": [each]} for number, each in enumerate(long)}
    (tmp_path / "made.py").write_text(source(fields), encoding="utf-8")
    assert_clean(tmp_path)
