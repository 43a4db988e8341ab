"""The system's certificates are read late, and then they are all there."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Callable

import pytest

from kty.kube.late_trust import late_trust

USES: dict[str, Callable[[ssl.SSLContext], object]] = {
    "wrap_bio": lambda it: it.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="a.test"),
    "cert_store_stats": lambda it: it.cert_store_stats(),
    "get_ca_certs": lambda it: it.get_ca_certs(binary_form=True),
}


def late() -> ssl.SSLContext:
    with late_trust():
        return ssl.create_default_context()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
    """Whoever read them."""
    read: list[ssl.SSLContext] = []
    load = ssl.SSLContext.set_default_verify_paths

    def counting(context: ssl.SSLContext) -> None:
        read.append(context)
        load(context)

    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", counting)
    monkeypatch.setattr("kty.kube.late_trust._load", counting)
    return read


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_context_reads_them_at_its_first_use_and_only_then(
    use: Callable[[ssl.SSLContext], object], read: list[ssl.SSLContext]
) -> None:
    plain, context = ssl.create_default_context(), late()
    assert read == [plain]
    use(context)
    assert read == [plain, context]
    assert type(context) is ssl.SSLContext
    assert context.cert_store_stats() == plain.cert_store_stats()
    assert (context.verify_mode, context.verify_flags, context.options, context.check_hostname) == (
        plain.verify_mode,
        plain.verify_flags,
        plain.options,
        plain.check_hostname,
    )
    assert len(read) == 2


def test_a_socket_is_wrapped_by_one_that_has_read_them(read: list[ssl.SSLContext]) -> None:
    here, there = socket.socketpair()
    with here, there, late().wrap_socket(here, server_hostname="a.test", do_handshake_on_connect=False):
        assert len(read) == 1


def test_a_context_of_another_class_reads_them_at_once(read: list[ssl.SSLContext]) -> None:
    class Own(ssl.SSLContext):
        pass

    context = Own(ssl.PROTOCOL_TLS_CLIENT)
    with late_trust():
        context.load_default_certs()
    assert read == [context]
    assert type(context) is Own


def test_afterwards_all_is_as_it_was() -> None:
    load = ssl.SSLContext.set_default_verify_paths
    with pytest.raises(KeyError), late_trust():
        raise KeyError
    assert ssl.SSLContext.set_default_verify_paths == load
    assert type(ssl.create_default_context()) is ssl.SSLContext


@pytest.mark.parametrize(
    "importing",
    ["from kty.kube.transport import library\nlibrary()", "from kty.demo.running import running\nwith running(): pass"],
    ids=["client", "demo"],
)
def test_importing_aiohttp_reads_none_and_leaves_it_a_context_that_does(importing: str) -> None:
    code = (
        "import ssl\nfrom kty.kube import late_trust\nread, load = [], late_trust._load\n"
        "def counting(context):\n    read.append(context)\n    load(context)\n"
        f"late_trust._load = ssl.SSLContext.set_default_verify_paths = counting\n{importing}\n"
        "assert not read, 'aiohttp made it all the same'\n"
        "from aiohttp import connector as aio\n"
        "for context in (aio._SSL_CONTEXT_VERIFIED, aio._SSL_CONTEXT_UNVERIFIED):\n"
        "    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname='a.test')\n"
        "    assert read.pop() is context\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)
