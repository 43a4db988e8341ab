"""From what went wrong on the way to an API server to the error that a person reads."""

import errno
import os
import re
import socket
import ssl
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from kty.errors import ClusterError, NotKubernetes, Unreachable, Untrusted
from kty.text import printable

_REASONS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ECONNABORTED: "connection reset",
    errno.ETIMEDOUT: "timed out",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "the network is unreachable",
}
_BAD_DATES = {9: "is not valid yet", 10: "has expired"}
_BAD_NAMES = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH"""
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")


def failure(error: Exception, server: str, *, proxied: bool = False) -> ClusterError | None:
    """Return the error that an exception of aiohttp, ssl or a socket means; None for any other exception.

    The message is short ("connection refused") and the hint names the server; `proxied` says that a proxy is before it.
    """
    causes = _causes(error)
    peer = _peer(error, server)
    way = "through your proxy" if proxied else "from here"
    hint = f"is {printable(server)} the right address, and can it be reached {way}?"
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
            return _tls(cause, peer)
    if proxy := _proxy(causes):
        return Unreachable(proxy, hint="check proxy-url in your kubeconfig, or HTTPS_PROXY")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Unreachable("the answer broke off", hint=hint)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Unreachable("the server closed the connection", hint=hint)
    if isinstance(error, aiohttp.ClientResponseError):
        return NotKubernetes("what answers there does not speak HTTP", hint=hint)
    if isinstance(error, OSError | aiohttp.ClientError):
        return Unreachable(_reason(causes, peer), hint=hint)
    return None


def _causes(error: BaseException) -> Sequence[BaseException]:
    """Return the error and what it was raised from; not what was being handled meanwhile, which is another story."""
    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    # Of TLS within TLS, through an https:// proxy, some Pythons (3.11.7) stumble over the error they were to raise.
    meanwhile = causes[-1].__context__
    if isinstance(causes[-1], TypeError | AttributeError) and isinstance(meanwhile, ssl.SSLError):
        causes.append(meanwhile)
    return causes


def _peer(error: Exception, server: str) -> str:
    """Return host and port at the other end, which may be a proxy."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError):
        return printable(f"{error.host}:{error.port}")
    return printable(urlsplit(server).netloc)


def _reason(causes: Sequence[BaseException], peer: str) -> str:
    for cause in causes:
        if isinstance(cause, TimeoutError):
            return "timed out"
        if isinstance(cause, socket.gaierror | aiohttp.ClientConnectorDNSError):
            again = cause.errno == socket.EAI_AGAIN
            return f"{'no name server could look up' if again else 'no such host:'} {peer.rpartition(':')[0]}"
        if isinstance(cause, OSError) and cause.errno is not None:
            return _REASONS.get(cause.errno) or os.strerror(cause.errno).lower()
        if isinstance(cause, ConnectionError):  # of asyncio and aiohttp themselves: it was closed meanwhile
            return _REASONS[errno.ECONNRESET]
    # Where several addresses failed in different ways there is no errno, only a text with all of them.
    first = causes[0]
    # aiohttp's text shows objects.
    said = str(first.os_error if isinstance(first, aiohttp.ClientConnectorError) else first)
    if number := re.search(r"\[Errno (\d+)\]", said):
        return _REASONS.get(int(number[1])) or os.strerror(int(number[1])).lower()
    return printable(said) or "the connection broke"


def _proxy(causes: Sequence[BaseException]) -> str:
    """Return what a proxy had to do with it; empty where it had nothing."""
    error, *deeper = causes
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status} {printable(error.message)}".rstrip()
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return f"the proxy cannot be reached: {_reason(deeper, f'{error.host}:{error.port}')}"
    if "aiohttp_socks" in sys.modules:
        from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

        if isinstance(error, ProxyError):
            return f"the proxy refused: {printable(str(error))}"
        if isinstance(error, ProxyConnectionError):
            return f"the proxy cannot be reached: {_reason(deeper, ':')}"
        if isinstance(error, ProxyTimeoutError):
            return "the proxy timed out"
    return ""


def _tls(error: ssl.SSLError, peer: str) -> ClusterError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error, peer)
    reason = getattr(error, "reason", None) or ""  # set by OpenSSL only
    words = printable(reason.lower().replace("_", " "))
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason or "ACCESS_DENIED" in reason):
        return Untrusted(
            f"{peer} refused our client certificate ({words})",
            hint="check client-certificate of the user in your kubeconfig",
        )
    if reason in _NO_TLS:
        return NotKubernetes(
            "what answers there does not speak TLS", hint=f"check the port of {peer}, or does it want http://?"
        )
    return Unreachable(f"TLS failed: {words or 'the connection broke'}", hint=f"is {peer} an API server?")


def _untrusted(error: ssl.SSLCertVerificationError, peer: str) -> Untrusted:
    if date := _BAD_DATES.get(error.verify_code):
        return Untrusted(f"the certificate of {peer} {date}", hint="renew it, or check the clock of this machine")
    if error.verify_code in _BAD_NAMES:
        name = re.search(r"'[^']*'", error.verify_message)
        return Untrusted(
            f"the certificate of {peer} is not for {printable(name[0]) if name else 'that name'}",
            hint="set tls-server-name to a name that it has, in the cluster's entry of your kubeconfig",
        )
    return Untrusted(
        f"the certificate of {peer} is not to be trusted: {printable(error.verify_message)}",
        hint="check certificate-authority in the cluster's entry of your kubeconfig",
    )
