"""Classes made of schemas: their source, and what it defines."""

import sys
import types
from itertools import count
from typing import Any

from kty.kube.crd.definition import Definition
from kty.kube.crd.source import module
from kty.kube.resource import Resource

CRONTABS = Resource("example.com", "v1", "CronTab", "crontabs")
_numbers = count()


def source(properties: dict[str, Any], resource: Resource = CRONTABS, **more: Any) -> str:
    """Return the module for a kind with these fields."""
    return module(Definition(resource, {"type": "object", "properties": properties, **more}))


def loaded(text: str) -> types.ModuleType:
    """Return the module that this source is."""
    made = types.ModuleType(f"made_{next(_numbers)}")
    sys.modules[made.__name__] = made  # where msgspec looks annotations up
    exec(compile(text, made.__name__, "exec"), made.__dict__)
    return made


def body(text: str, name: str) -> str:
    """Return the lines of one class."""
    start = text.index(f"class {name}(")
    return text[start:].split("\n\n\n", maxsplit=1)[0].rstrip("\n")
