"""What `kty.ssh` uses of asyncssh without having been promised it: here it fails first when a name moves."""

import ast
import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

import asyncssh
import pytest

from kty import ssh
from kty.ssh import inside
from kty.ssh.limits import Limits
from tests.ssh.house import Known, house, new_key, sit, until

ANNA = new_key()
KEPT: dict[str, type] = {
    "_transport": asyncio.Transport,
    "_loop": asyncio.AbstractEventLoop,
    "_inpbuf": bytes,
    "_channels": dict,
    "_deferred_packets": list,
    "_global_request_queue": list,
    "_next_service": NoneType,
}
"""What a connection keeps."""
KEPT_BY_CHANNELS: dict[str, type] = {"_env": dict, "_recv_buf": list, "_request_queue": list}
REPLACED = {
    "validate_public_key": ["username", "key_data", "msg", "signature"],
    "send_userauth_failure": ["partial_success"],
    "data_received": ["data", "datatype"],
    "pause_writing": [],
    "resume_writing": [],
    "send_newkeys": ["k", "h"],
    "attach_x11_listener": ["chan", "auth_proto", "auth_data", "screen"],
    "create_agent_listener": [],
    "send_packet": ["pkttype", "args", "handler"],
    "_send_kexinit": [],
    "_send": ["data"],
}
"""Methods of a connection that one of ours stands in for, and what they are given."""
REPLACED_OF_CHANNELS = {"_process_env_request": ["packet"]}
PRIVATE = {
    name for names in (KEPT, KEPT_BY_CHANNELS, REPLACED, REPLACED_OF_CHANNELS) for name in names if name.startswith("_")
}


def private_names(path: Path) -> Iterator[str]:
    """Yield the private attributes of something else than `self` or the module's own that are read or set."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(ast.Name("self")):
                pass
            case ast.Attribute(_, name) if name.startswith("_") and not name.startswith("__"):
                yield name


def test_no_other_module_uses_any_and_this_one_no_others() -> None:
    for path in Path(ssh.__path__[0]).glob("*.py"):
        assert set(private_names(path)) == (PRIVATE if path.name == "inside.py" else set()), path.name


@pytest.mark.parametrize(
    ("owner", "methods"),
    [
        (asyncssh.SSHServerConnection, REPLACED),
        (asyncssh.SSHServerChannel, REPLACED_OF_CHANNELS),
    ],
)
def test_what_is_replaced_is_called_as_it_was(owner: type, methods: dict[str, list[str]]) -> None:
    for name, given in methods.items():
        assert [*inspect.signature(getattr(owner, name)).parameters][1:] == given, name


@pytest.mark.parametrize("name", ["validate_public_key", "attach_x11_listener", "create_agent_listener"])
def test_what_stands_in_for_a_coroutine_may_wait(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(asyncssh.SSHServerConnection, name))


async def test_a_connection_has_them_and_calls_what_is_replaced() -> None:
    async with house(Known(anna=ANNA)) as it, it.visited(ANNA) as me:
        await me.sees("no key yet")
        (connection,) = it.server._connections
        conn: Any = connection.conn
        for name, kind in KEPT.items():
            assert isinstance(getattr(conn, name), kind), name
        (channel,) = conn._channels.values()
        for name, kind in KEPT_BY_CHANNELS.items():
            assert isinstance(getattr(channel, name), kind), name
        assert conn._transport.get_protocol() is conn
        assert conn._transport.max_size == inside.MOST_READ
        assert conn._transport.get_write_buffer_limits()[1] == Limits().buffered_per_connection
        assert connection.identity.name == "anna"  # only `on_proof` makes it
        assert connection.wire.received > 1000  # only `data_received` counts it
        assert connection.wire.sent > 1000  # and `_send`
        assert connection.wire.taken_by(channel) > 0  # and `send_packet`
        assert not connection._rekeying.is_first  # only `send_newkeys` tells
        conn.pause_writing()
        assert it.apps[0]._batch_count
        conn.resume_writing()
        await until(lambda: not it.apps[0]._batch_count)


async def test_nothing_is_written_to_who_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    async with house(Known(anna=ANNA)) as it, it.visited(ANNA) as me:
        await me.sees("no key yet")
        (connection,) = it.server._connections
        conn: Any = connection.conn
        conn._transport.abort()
        sent = connection.wire.sent
        for _ in range(10):  # asyncio complains of the sixth
            conn._send(b"x")
        assert connection.wire.sent == sent
        assert not caplog.records


async def test_asking_for_keys_is_heard_and_so_is_their_coming() -> None:
    async with house(Known(anna=ANNA)) as it, it.visited(ANNA) as me:
        await me.sees("no key yet")
        (connection,) = it.server._connections
        conn: Any = connection.conn
        conn._send_kexinit()
        conn._kexinit_sent = True
        assert it.apps[0]._batch_count  # nothing is painted meanwhile
        await until(lambda: not it.apps[0]._batch_count)
        me.press("x")
        await me.sees("'x'.")


async def test_environments_are_bounded() -> None:
    async with house(Known(anna=ANNA)) as it, it.connected(ANNA) as client:
        env: dict[bytes | str, bytes | str] = {f"NAME{number}": "x" * 100 for number in range(500)}
        me = await sit(client, env=env)
        await me.sees("no key yet")
        conn: Any = next(iter(it.server._connections)).conn
        (channel,) = conn._channels.values()
        assert len(channel._env) == inside.MOST_VARIABLES
        assert not conn._all_server_host_keys  # so none can be wanted signed


def test_pieces_are_put_together_without_changing_their_kinds() -> None:
    pieces: list[tuple[bytes, asyncssh.DataType]] = [(b"a", None), (b"b", None), (b"c", 1), (b"d", None)]
    assert inside._together(pieces) == [(b"ab", None), (b"c", 1), (b"d", None)]
