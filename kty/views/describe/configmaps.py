"""Config maps, with all that is in them."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.sizes import size_of
from kty.views.describing import Beside, Block, Describer, Description, Entry, Part, entry, scalar, section
from kty.views.reading import mapped

LONG = 1000
"""Characters of a value that is broken like other texts; a longer one is shown line by line as it is."""


def describe(settings: Object, beside: Beside) -> Description:
    data, binary = mapped(settings, "data"), mapped(settings, "binaryData")
    parts: list[Part] = [*identity.head(settings)]
    if settings.get("immutable"):
        parts.append(entry("Immutable", True))
    parts.append(section("Data", [_value(key, scalar(data[key], "")) for key in sorted(data)]))
    parts.append(section("BinaryData", [entry(key, size_of(binary[key])) for key in sorted(binary)]))
    return tuple(parts)


def _value(key: str, value: str) -> Entry:
    is_block = "\n" in value or len(value) > LONG
    return Entry(key, (), (Block(value),)) if is_block else entry(key, value, missing='""')


DESCRIBER = Describer("configmaps", describe)
