"""Each thing that a schema can say, and what becomes of it."""

from typing import Any

import msgspec
import pytest

from kty.kube.resource import Resource
from tests.kube.crd.making import body, loaded, source

STRING = {"type": "string"}
OPEN = {"x-kubernetes-preserve-unknown-fields": True}


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        (STRING, "a: str | None = None"),
        ({"type": "integer", "format": "int64"}, "a: int | None = None"),
        ({"type": "number"}, "a: float | None = None"),
        ({"type": "boolean"}, "a: bool | None = None"),
        ({"type": "string", "format": "date-time"}, "a: str | None = None"),
        ({"type": "string", "format": "byte"}, "a: str | None = None"),
        ({"type": "string", "nullable": True}, "a: str | None = None"),
        ({"type": "array", "items": STRING}, "a: list[str] | None = None"),
        ({"type": "array", "items": {**STRING, "nullable": True}}, "a: list[str | None] | None = None"),
        ({"type": "array", "items": {"type": "array", "items": STRING}}, "a: list[list[str]] | None = None"),
        ({"type": "array"}, "a: list[Any] | None = None"),
        ({"type": "object"}, "a: dict[str, Any] | None = None"),
        ({"type": "object", "properties": {}}, "a: dict[str, Any] | None = None"),
        ({"type": "object", **OPEN}, "a: dict[str, Any] | None = None"),
        ({"type": "object", "additionalProperties": STRING}, "a: dict[str, str] | None = None"),
        ({"type": "object", "additionalProperties": True}, "a: dict[str, Any] | None = None"),
        (
            {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": {"type": "object"}}},
            "a: dict[str, Any] | None = None",
        ),
        (OPEN, "a: Any = None"),
        ({"x-kubernetes-int-or-string": True}, "a: int | str | None = None"),
        (
            {"anyOf": [{"type": "integer"}, STRING], "x-kubernetes-int-or-string": True, "nullable": True},
            "a: int | str | None = None",
        ),
        ({"type": "array", "items": {"x-kubernetes-int-or-string": True}}, "a: list[int | str] | None = None"),
        ({"type": "string", "enum": ["x", "", "x"]}, 'a: Literal["x", ""] | None = None'),
        ({"type": "string", "enum": ["x", None], "nullable": True}, 'a: Literal["x"] | None = None'),
        ({"type": "integer", "enum": [1, 2]}, "a: Literal[1, 2] | None = None"),
        ({"type": "number", "enum": [0.5]}, "a: float | None = None"),
        ({"type": "boolean", "enum": [True]}, "a: bool | None = None"),
        ({"type": "integer", "enum": [2**70]}, "a: int | None = None"),
        ({"type": "string", "enum": []}, "a: str | None = None"),
        ({"type": "tuple"}, "a: Any = None"),
        ("nonsense", "a: Any = None"),
    ],
)
def test_a_field_has_the_type_that_the_schema_says(schema: Any, line: str) -> None:
    text = source({"a": schema})
    assert body(text, "CronTab").splitlines()[-1] == f"    {line}"
    loaded(text)


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        (STRING, "a: str"),
        ({**STRING, "nullable": True}, "a: str | None"),
        ({**STRING, "default": "x"}, "a: str | None = None"),
        (OPEN, "a: Any"),
    ],
)
def test_what_must_be_there_must_be_given(schema: Any, line: str) -> None:
    assert f"    {line}\n" in f"{source({'a': schema}, required=['a'])}\n"


def test_a_field_whose_json_name_is_another_says_so() -> None:
    text = source({"x-y": STRING, "class": STRING, "list": STRING, "xY": STRING}, required=["class"])
    assert body(text, "CronTab").splitlines()[-4:] == [
        '    x_y: str | None = field(default=None, name="x-y")',
        '    class_: str = field(name="class")',
        '    list_: str | None = field(default=None, name="list")',
        '    x_y_2: str | None = field(default=None, name="xY")',
    ]
    kind = loaded(text).CronTab
    made = kind(x_y="1", class_="2", list_="3", x_y_2="4")
    assert {"x-y": "1", "class": "2", "list": "3", "xY": "4"}.items() <= msgspec.to_builtins(made).items()
    assert msgspec.json.decode(msgspec.json.encode(made), type=kind) == made


def test_what_every_object_has_is_the_wholes() -> None:
    given = {"apiVersion": STRING, "kind": STRING, "metadata": {"type": "object"}, "name": STRING, "resource": STRING}
    text = source({**given, "namespace": STRING})
    assert body(text, "CronTab").splitlines()[-3:] == [
        '    name_: str | None = field(default=None, name="name")',
        '    resource_: str | None = field(default=None, name="resource")',
        '    namespace_: str | None = field(default=None, name="namespace")',
    ]
    made = loaded(text).CronTab(name_="mine")
    assert (made.name, made.name_, made.resource.id) == ("", "mine", "crontabs.example.com")


def test_objects_are_classes_named_by_their_path_below_those_they_name() -> None:
    part = {"type": "object", "properties": {"deep": {"type": "object", "properties": {"x": STRING}}}}
    spec = {"type": "object", "properties": {"one": part, "many": {"type": "array", "items": {**part, "required": []}}}}
    text = source({"spec": spec, "labelled": {"type": "object", "additionalProperties": part}})
    names = [line[6:].partition("(")[0] for line in text.splitlines() if line.startswith("class ")]
    assert names == ["CronTabSpecOneDeep", "CronTabSpecOne", "CronTabSpec", "CronTab"]
    assert "    many: list[CronTabSpecOne] | None = None" in text
    assert "    labelled: dict[str, CronTabSpecOne] | None = None" in text


def test_what_looks_alike_and_is_described_otherwise_is_one_class_too() -> None:
    part = {"type": "object", "properties": {"x": STRING}}
    text = source({"a": {**part, "description": "The first."}, "b": {**part, "description": "The second."}})
    assert body(text, "CronTabA").splitlines()[1] == '    """The first."""'
    assert body(text, "CronTab").splitlines()[-3:] == [
        "    a: CronTabA | None = None",
        "    b: CronTabA | None = None",
        '    """The second."""',
    ]


def test_a_class_takes_the_name_of_none_that_it_stands_upon() -> None:
    for kind in ("Part", "Whole", "Resource", "Any", "None", "Metadata"):
        text = source({"a": {"type": "object", "properties": {"x": OPEN}}}, Resource("a.b", "v1", kind, "things"))
        assert getattr(loaded(text), f"{kind}2").resource.kind == kind


def test_what_a_schema_says_besides_stands_below_the_field() -> None:
    ports = {"type": "array", "items": STRING, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port"]}
    fields = {
        "a": {**STRING, "description": "What it is.", "default": "x"},
        "b": {**ports, "description": "Two\nlines."},
        "c": {**ports, "x-kubernetes-list-type": "set"},
        "d": {"type": "object", "default": {"x": ["\x1b"]}},
    }
    assert body(source(fields), "CronTab").splitlines()[4:] == [
        "    a: str | None = None",
        '    """What it is.',
        "",
        '    Default: "x".',
        '    """',
        "    b: list[str] | None = None",
        '    """Two',
        "    lines.",
        "",
        "    Each has another port.",
        '    """',
        "    c: list[str] | None = None",
        '    """Each is there once."""',
        "    d: dict[str, Any] | None = None",
        '    """Default: {"x":["\\\\u001b"]}."""',
    ]


def test_a_class_that_leaves_fields_out_says_so() -> None:
    text = source({"spec": {"type": "object", "properties": {"x": STRING}, "description": "It.", **OPEN}})
    assert body(text, "CronTabSpec").splitlines()[1:5] == [
        '    """It.',
        "",
        "    Other fields are allowed, too; this class does not read them.",
        '    """',
    ]


def test_many_words_of_an_enum_are_a_name_of_their_own() -> None:
    words = [f"word-{number}" for number in range(20)]
    text = source({"mode": {"type": "string", "enum": words}, "other": {"type": "string", "enum": words}})
    assert "CronTabMode: TypeAlias = Literal[\n" in text
    assert "    mode: CronTabMode | None = None\n    other: CronTabMode | None = None\n" in text
    assert loaded(text).CronTab(mode="word-3").mode == "word-3"


def test_a_schema_without_end_ends() -> None:
    deep: dict[str, Any] = STRING
    for _ in range(200):
        deep = {"type": "object", "properties": {"a": deep}, "description": str(len(str(deep)))}
    text = source({"a": deep})
    assert "    a: Any = None" in text
    loaded(text)


def test_a_name_that_json_has_no_field_for_is_left_out() -> None:
    text = source({'a"b': STRING, "a\\b": STRING, "a\nb": STRING, "c": STRING})
    assert loaded(text).CronTab.__struct_encode_fields__ == ("metadata", "c")


def test_the_resource_is_that_of_the_kind() -> None:
    known = Resource("a.example.com", "v1beta1", "Thing", "things", namespaced=False)
    assert loaded(source({"a": STRING}, known)).Thing.resource == known


def test_only_what_is_used_is_imported() -> None:
    imports = [line for line in source({"a": STRING}).splitlines() if line.startswith("from ")]
    assert imports == [
        "from typing import ClassVar",
        "from kty.kube.parts import Whole",
        "from kty.kube.resource import Resource",
    ]
