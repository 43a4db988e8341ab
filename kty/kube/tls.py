"""From PEM to the SSLContext of the next connection, made anew when a file behind it changes."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from kty.errors import ConfigError
from kty.kube.target import Config, KeyPair, Stamp, stamp
from kty.text import printable


class SslContexts:
    """The SSLContext for one config. It stays the same object while nothing changes, so connections are reused."""

    def __init__(self, config: Config, *, server_name: str = "") -> None:
        """`server_name` is asked for and checked whatever name a connection is opened with."""
        self._config = config
        self._server_name = server_name
        self._context: ssl.SSLContext | None = None
        self._key_pair: KeyPair | None = None
        self._stamps: tuple[Stamp | None, ...] = ()

    def current(self, key_pair: KeyPair | None) -> ssl.SSLContext:
        """Return the context; it shows this client certificate, or the config's where there is none.

        Blocks for some milliseconds when there is something new to read. Raises ConfigError where a file cannot be
        read or makes no sense. Where one became unreadable the old context is kept until it is whole again.
        """
        auth = self._config.auth
        stamps = tuple(stamp(pem.path) for pem in (self._config.tls.ca, auth.certificate, auth.key) if pem.path)
        if self._context is None or key_pair != self._key_pair:
            self._context = self._make(key_pair)
        elif stamps != self._stamps:
            try:
                self._context = self._make(key_pair)
            except ConfigError:
                return self._context
        self._key_pair, self._stamps = key_pair, stamps
        return self._context

    def _make(self, key_pair: KeyPair | None) -> ssl.SSLContext:
        tls, auth = self._config.tls, self._config.auth
        context = _Named(self._server_name)
        # An authority in the kubeconfig is trusted as it stands, as by kubectl: it may be an intermediate one or the
        # server's own certificate, and older EKS authorities lack the extensions that RFC 5280 asks for.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.set_alpn_protocols(["http/1.1"])
        if not tls.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif tls.ca:
            _trust(context, tls.ca.read(), self._config.cluster)
        else:
            context.load_default_certs()
        if key_pair is None and auth.certificate:
            key_pair = KeyPair(auth.certificate.read(), auth.key.read())
        if key_pair:
            _show(context, key_pair, self._config.user)
        return context


class _Named(ssl.SSLContext):
    """A context for clients that checks a name of its own, for connectors that take none (aiohttp_socks)."""

    server_name: str

    def __new__(cls, server_name: str) -> "_Named":
        context = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        context.server_name = server_name
        return context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        return super().wrap_bio(incoming, outgoing, server_side, self.server_name or server_hostname, session)


def _trust(context: ssl.SSLContext, ca: bytes, cluster: str) -> None:
    try:
        context.load_verify_locations(cadata=ca.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError(f"the certificate authority of cluster '{printable(cluster)}' is no certificate") from error


def _show(context: ssl.SSLContext, pair: KeyPair, user: str) -> None:
    whose = f"user '{printable(user)}'"

    def refuse() -> bytes:  # without it OpenSSL asks on the terminal
        raise ConfigError(f"the client key of {whose} is locked with a passphrase", hint="kubectl takes no such key")

    with as_file(pair.certificate + b"\n" + pair.key) as path:
        try:
            context.load_cert_chain(path, password=refuse)
        except (ssl.SSLError, ValueError) as error:
            reason = "do not belong together" if "MISMATCH" in str(error) else "cannot be read as PEM"
            raise ConfigError(f"the client certificate and key of {whose} {reason}") from error


@contextmanager
def as_file(content: bytes) -> Iterator[str]:
    """Lend a path to content that OpenSSL takes from files only: in memory where the system can do that (Linux),
    else in a file that nobody else can read and that is gone at once."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("kty")
        path = f"/proc/self/fd/{descriptor}"
    else:
        descriptor, path = tempfile.mkstemp(prefix="kty-")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(content)
        yield path
    finally:
        os.close(descriptor)
        if not path.startswith("/proc/"):
            os.unlink(path)  # noqa: PTH108 - a path in this function is a str
