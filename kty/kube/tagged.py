"""An answer that can be asked for again in fewer words (RFC 9110, ETag and If-None-Match)."""

from msgspec import Struct


class Tagged(Struct, frozen=True):
    """An answer, and the ETag to ask by whether it is still true; empty where the server gave none."""

    body: bytes
    tag: str = ""
