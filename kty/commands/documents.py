"""Print whole objects as YAML and JSON, one after the other as they are read."""

import json
import textwrap
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from kty.kube.manifest import to_yaml
from kty.kube.objects import Object
from kty.runtime.paging import Breath
from kty.text import is_printable

Write = Callable[[str], Awaitable[None]]


def as_json(obj: Object) -> str:
    """Return the object as JSON that people read, without metadata.managedFields; every line is printable."""
    metadata = obj.get("metadata")
    if isinstance(metadata, dict) and "managedFields" in metadata:
        obj = {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
    text = json.dumps(obj, indent=4, ensure_ascii=False)
    if not is_printable(text.replace("\n", "")):  # JSON's own escapes say the same
        text = json.dumps(obj, indent=4)
    return f"{text}\n"


def _json_item(obj: Object) -> str:
    return "\n" + textwrap.indent(as_json(obj).removesuffix("\n"), " " * 8)


def _yaml_item(obj: Object) -> str:
    return "- " + textwrap.indent(to_yaml(obj), "  ", lambda line: line != "\n")[2:]


@dataclass(frozen=True, slots=True)
class Form:
    """How objects are written: one alone, and several as a List (v1)."""

    one: Callable[[Object], str]
    item: Callable[[Object], str]
    head: str
    """What stands before the first item."""
    between: str
    tail: str
    none: str
    """The list without any."""
    divider: str = ""
    """What stands between documents that follow each other."""


FORMS = {
    "yaml": Form(
        to_yaml,
        _yaml_item,
        "apiVersion: v1\nkind: List\nitems:\n",
        "",
        'metadata:\n  resourceVersion: ""\n',
        'apiVersion: v1\nkind: List\nitems: []\nmetadata:\n  resourceVersion: ""\n',
        "---\n",
    ),
    "json": Form(
        as_json,
        _json_item,
        '{\n    "apiVersion": "v1",\n    "kind": "List",\n    "items": [',
        ",",
        '\n    ],\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
        '{\n    "apiVersion": "v1",\n    "kind": "List",\n    "items": [],\n'
        '    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
    ),
}
"""By what `-o` calls them."""


async def print_list(objects: Iterable[Object], form: Form, write: Write) -> None:
    """Print objects as one List, each as soon as it is read."""
    breath = Breath()
    before = form.head
    for obj in objects:
        await write(before + form.item(obj))
        before = form.between
        if breath.is_due():
            await breath.take()
    await write(form.none if before == form.head else form.tail)
