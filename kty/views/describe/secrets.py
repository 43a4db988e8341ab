"""Secrets: which keys they have, and how large the values are. The values are not shown, nor decoded."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.sizes import size_of
from kty.views.describing import Beside, Describer, Description, Part, entry, section
from kty.views.reading import mapped
from kty.views.said import text


def describe(secret: Object, beside: Beside) -> Description:
    data = mapped(secret, "data")
    parts: list[Part] = [*identity.head(secret), entry("Type", text(secret, "type"))]
    if secret.get("immutable"):
        parts.append(entry("Immutable", True))
    return (*parts, section("Data", [entry(key, size_of(data[key])) for key in sorted(data)]))


DESCRIBER = Describer("secrets", describe, hides=("data", "stringData"))
