"""In which form an answer is wanted: the Accept header, as the API server reads it."""

from enum import Enum
from typing import Final

from kty.demo.statuses import not_acceptable

JSON: Final = "application/json"
_PLAIN: Final = frozenset({JSON, "*/*"})
_SERVED: Final = (JSON, "application/yaml", "application/vnd.kubernetes.protobuf")


class Form(Enum):
    """What becomes of an object on its way out."""

    PLAIN = ""
    TABLE = "Table"
    METADATA = "PartialObjectMetadata"
    METADATA_LIST = "PartialObjectMetadataList"


def form(accept: str, *forms: Form) -> Form:
    """Return the first form in the header that is served here: one of `forms`, or plain JSON. Raises ApiError 406."""
    for wanted in accept.split(",") if accept.strip() else (JSON,):
        media, *pairs = [part.strip() for part in wanted.split(";")]
        if media not in _PLAIN:
            continue
        parameters = dict(pair.partition("=")[::2] for pair in pairs)
        kind = parameters.get("as", "")
        if not kind:
            return Form.PLAIN
        if (parameters.get("g"), parameters.get("v")) != ("meta.k8s.io", "v1"):
            continue
        for served in forms:
            if served.value == kind:
                return served
    raise not_acceptable([*_SERVED, *(_as(served) for served in forms)] if forms else _SERVED)


def _as(served: Form) -> str:
    return f"{JSON};as={served.value};g=meta.k8s.io;v=v1"
