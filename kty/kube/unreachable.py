"""From what went wrong on the way to an API server to the error that a person reads."""

import errno
import os
import re
import socket
import ssl
import sys
from collections.abc import Iterator
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


def failure(error: Exception, server: str) -> ClusterError | None:
    """Return the error that an exception of aiohttp, ssl or a socket means; None for any other exception.

    The message is short ("connection refused") and the hint names the server.
    """
    hint = f"is {printable(server)} the right address, and can it be reached from here?"
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
            return _tls(cause, server)
    if proxy := _proxy(causes):
        return Unreachable(proxy, hint="check proxy-url in your kubeconfig, or HTTPS_PROXY")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Unreachable("the answer broke off", hint=hint)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Unreachable("the server closed the connection", hint=hint)
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.InvalidURL):
        return NotKubernetes("what answers there does not speak HTTP", hint=hint)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Unreachable("timed out", hint=hint)
    if any(isinstance(cause, socket.gaierror | aiohttp.ClientConnectorDNSError) for cause in causes):
        return Unreachable(_unknown_name(causes, server), hint=hint)
    if isinstance(error, OSError | aiohttp.ClientError):
        return Unreachable(_reason(causes), hint=hint)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _unknown_name(causes: list[BaseException], server: str) -> str:
    host = printable(urlsplit(server).hostname or server)
    if any(isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN for cause in causes):
        return f"no name server could look up {host}"
    return f"no such host: {host}"


def _reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno is not None:
            return _REASONS.get(cause.errno) or os.strerror(cause.errno).lower()
    # Where several addresses failed in different ways there is no errno, only a text with all of them.
    for number in re.findall(r"\[Errno (\d+)\]", str(causes[0])):
        return _REASONS.get(int(number)) or os.strerror(int(number)).lower()
    return printable(str(causes[0])) or "the connection broke"


def _proxy(causes: list[BaseException]) -> str:
    """Return what a proxy had to do with it; empty where it had nothing."""
    error = causes[0]
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status} {printable(error.message)}".rstrip()
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return f"the proxy cannot be reached: {_reason(causes)}"
    if "aiohttp_socks" in sys.modules:
        from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

        if isinstance(error, ProxyError):
            return f"the proxy refused: {printable(str(error))}"
        if isinstance(error, ProxyConnectionError):
            return f"the proxy cannot be reached: {_reason(causes[1:] or causes)}"
        if isinstance(error, ProxyTimeoutError):
            return "the proxy timed out"
    return ""


def _tls(error: ssl.SSLError, server: str) -> ClusterError:
    address = printable(server)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _refused_by_us(error, address)
    reason = error.reason or ""
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason or "ACCESS_DENIED" in reason):
        return Untrusted(
            f"the server refused our client certificate ({reason.lower().replace('_', ' ')})",
            hint="check client-certificate of the user in your kubeconfig",
        )
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"):
        return NotKubernetes(
            "what answers there does not speak TLS", hint=f"check the port of {address}, or does it want http://?"
        )
    return Unreachable(
        f"TLS failed: {printable(reason.lower().replace('_', ' ')) or 'the connection broke'}",
        hint=f"is {address} an API server?",
    )


def _refused_by_us(error: ssl.SSLCertVerificationError, address: str) -> Untrusted:
    if date := _BAD_DATES.get(error.verify_code):
        return Untrusted(
            f"the certificate of the server {date}", hint=f"check the clock here, and the certificate of {address}"
        )
    if error.verify_code in _BAD_NAMES:
        return Untrusted(
            f"the certificate of the server is not for '{printable(urlsplit(address).hostname or address)}'",
            hint="set tls-server-name to a name that it has, in the cluster's entry of your kubeconfig",
        )
    return Untrusted(
        f"the certificate of the server is not to be trusted: {printable(error.verify_message)}",
        hint="check certificate-authority in the cluster's entry of your kubeconfig",
    )
