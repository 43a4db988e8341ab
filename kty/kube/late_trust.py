"""Read the certificates that the system trusts when a connection first needs them, not when aiohttp is imported.

aiohttp makes two SSLContexts while it is imported, and OpenSSL reads some hundred and fifty certificates for each: a
third of that import. Hardly anybody uses them, as kubeconfigs name an authority of their own.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_load = ssl.SSLContext.set_default_verify_paths


class _Late(ssl.SSLContext):
    """Has yet to read whom the system trusts; becomes a plain context once anything depends on it."""

    def _read(self) -> ssl.SSLContext:
        self.__class__ = ssl.SSLContext  # type: ignore[assignment]
        _load(self)
        return self

    def wrap_bio(self, *args: Any, **more: Any) -> ssl.SSLObject:
        return self._read().wrap_bio(*args, **more)

    def wrap_socket(self, *args: Any, **more: Any) -> ssl.SSLSocket:
        return self._read().wrap_socket(*args, **more)

    def cert_store_stats(self) -> dict[str, int]:
        return self._read().cert_store_stats()

    def get_ca_certs(self, binary_form: Any = False) -> Any:
        return self._read().get_ca_certs(binary_form)


def _load_later(context: ssl.SSLContext) -> None:
    if type(context) is ssl.SSLContext:
        context.__class__ = _Late
    else:
        _load(context)


@contextmanager
def late_trust() -> Iterator[None]:
    """Let contexts that are made meanwhile, in whatever thread, read the system's certificates at their first use."""
    ssl.SSLContext.set_default_verify_paths = _load_later  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        ssl.SSLContext.set_default_verify_paths = _load  # type: ignore[method-assign]
