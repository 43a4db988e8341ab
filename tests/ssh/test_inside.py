"""What `kty.ssh` uses of asyncssh without having been promised it: here it fails first when a name moves."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import asyncssh

from kty import ssh
from tests.ssh.house import Known, house, new_key, until

ANNA = new_key()
PRIVATE = {"_transport", "_loop", "_inpbuf", "_next_service"}
"""Attributes of a connection."""
REPLACED = {
    "validate_public_key": ["username", "key_data", "msg", "signature"],
    "send_userauth_failure": ["partial_success"],
    "data_received": ["data", "datatype"],
    "pause_writing": [],
    "resume_writing": [],
}
"""Methods of a connection that one of ours stands in for, and what they are given."""


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


def test_what_is_replaced_is_called_as_it_was() -> None:
    for name, given in REPLACED.items():
        method = getattr(asyncssh.SSHServerConnection, name)
        assert [*inspect.signature(method).parameters][1:] == given, name
    assert inspect.iscoroutinefunction(asyncssh.SSHServerConnection.validate_public_key)


async def test_a_connection_has_them_and_calls_what_is_replaced() -> None:
    async with house(Known(anna=ANNA)) as it, it.visited(ANNA) as me:
        await me.sees("no key yet")
        (connection,) = it.server._connections
        conn = connection.conn
        assert conn is not None
        assert isinstance(conn._inpbuf, bytes)
        assert conn._next_service is None
        assert conn._transport is not None
        assert conn._transport.get_protocol() is conn
        assert conn._transport.get_write_buffer_limits()[1] == ssh.inside.MOST_UNREAD
        assert connection.identity.name == "anna"  # only `on_proof` makes it
        conn.pause_writing()
        assert it.apps[0]._batch_count
        conn.resume_writing()
        await until(lambda: not it.apps[0]._batch_count)
