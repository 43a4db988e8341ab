"""What goes wrong on the way, put into words; the servers that cause it are in test_client and test_transport."""

import asyncio
import errno
import socket
import ssl

import aiohttp
import aiohttp_socks
import pytest
from aiohttp.client_reqrep import ConnectionKey

from kty.errors import ClusterError, Unreachable, Untrusted
from kty.kube.unreachable import failure
from kty.text import is_printable

SERVER = "https://api.test:6443"


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    error.__cause__ = cause
    return error


def refused(cause: OSError) -> Exception:
    """Return what aiohttp raises where no connection came about; its text shows an object of ours."""
    key = ConnectionKey("api.test", 6443, True, ssl.create_default_context(), None, None, None)
    return raised(aiohttp.ClientConnectorError(key, cause), cause)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "connection refused"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "connection reset"),
        (BrokenPipeError(errno.EPIPE, "x"), "connection reset"),
        (aiohttp.ClientConnectionResetError("Cannot write to closing transport"), "connection reset"),
        (OSError(errno.EHOSTUNREACH, "x"), "no route to the host"),
        (OSError(errno.ENETUNREACH, "x"), "the network is unreachable"),
        (OSError(errno.EMFILE, "x"), "too many open files"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 101] x"), "connection refused"),
        (OSError("\x1b[2Jodd"), "\\x1b[2Jodd"),
        (OSError(), "the connection broke"),
        (raised(aiohttp.ClientOSError(), ConnectionResetError()), "connection reset"),
        (refused(ConnectionResetError()), "connection reset"),
        (refused(OSError()), "the connection broke"),
        (TimeoutError(), "timed out"),
        (aiohttp.SocketTimeoutError(), "timed out"),
        (aiohttp.ConnectionTimeoutError(), "timed out"),
        (raised(aiohttp.ClientOSError(), TimeoutError()), "timed out"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "no such host: api.test"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "no name server could look up api.test"),
        (aiohttp.ServerDisconnectedError(), "the server closed the connection"),
        (aiohttp.ClientPayloadError(), "the answer broke off"),
        (aiohttp.ClientConnectionError("Connection closed"), "Connection closed"),
        (aiohttp_socks.ProxyTimeoutError(), "the proxy timed out"),
        (aiohttp_socks.ProxyError("Host unreachable"), "the proxy refused: Host unreachable"),
        (
            raised(aiohttp_socks.ProxyConnectionError("x"), OSError(errno.ECONNREFUSED, "x")),
            "the proxy cannot be reached: connection refused",
        ),
        (ssl.SSLError(1, "x"), "TLS failed: the connection broke"),
    ],
)
def test_a_fault_is_named_in_a_few_words(error: Exception, message: str) -> None:
    failed = failure(error, SERVER)
    assert type(failed) is Unreachable
    assert str(failed) == message
    assert is_printable(failed.sentence())


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("x"), asyncio.InvalidStateError()])
def test_what_is_no_fault_of_the_network_is_not_named(error: Exception) -> None:
    assert failure(error, SERVER) is None


def test_the_hint_names_the_server() -> None:
    failed: ClusterError | None = failure(TimeoutError(), SERVER)
    assert failed
    assert SERVER in failed.hint


def test_what_was_being_handled_meanwhile_is_not_taken_for_the_cause() -> None:
    error = ConnectionResetError(errno.ECONNRESET, "x")
    error.__context__ = ssl.SSLError(1, "an earlier fault")
    assert str(failure(error, SERVER)) == "connection reset"


@pytest.mark.parametrize("stumble", [TypeError("_abort() takes 1 positional argument"), AttributeError("x")])
def test_a_certificate_that_python_stumbles_over_is_named(stumble: Exception) -> None:
    refused = ssl.SSLCertVerificationError(1, "x")
    refused.verify_code, refused.verify_message = 19, "self-signed certificate"
    stumble.__context__ = refused
    for error in (stumble, raised(aiohttp.ClientConnectionError("no TLS in TLS"), stumble)):
        assert type(failure(error, SERVER)) is Untrusted
    stumble.__context__ = KeyError("x")
    assert failure(stumble, SERVER) is None
