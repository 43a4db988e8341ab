"""Bytes that wait: for a connection, for its sessions, for all; and who goes for which of them."""

from dataclasses import dataclass, field

from kty.ssh.limits import Limits
from kty.ssh.stalls import Stalls
from tests.ssh.house import Known, house, new_key, sit, until

ANNA = new_key()


@dataclass(eq=False)
class Holding:
    """A connection for which so much waits, and for its sessions."""

    waiting: int = 0
    in_sessions: int = 0
    taken: int = 0
    closed: list[str] = field(default_factory=list)

    @property
    def buffered(self) -> int:
        return self.waiting + self.in_sessions

    def close(self, reason: str, why: str) -> None:
        self.closed.append(reason)


def test_where_too_much_waits_in_all_what_waits_in_sessions_counts() -> None:
    few, many = Holding(waiting=1 << 19), Holding(waiting=1, in_sessions=1 << 20)
    stalls = Stalls(Limits(buffered=1 << 20), lambda: [few, many], list)
    stalls.look(0)
    assert (few.closed, many.closed) == ([], ["buffered"])


def test_what_waits_in_a_session_alone_makes_no_connection_stall() -> None:
    connection, session = Holding(in_sessions=10), Holding(waiting=10)
    stalls = Stalls(Limits(stalled=5), lambda: [connection], lambda: [session])
    for now in (0, 4):
        stalls.look(now)
    assert not session.closed
    stalls.look(5)
    assert (connection.closed, session.closed) == ([], ["stalled"])


async def test_what_a_channel_has_no_room_for_is_counted() -> None:
    async with house(Known(anna=ANNA)) as it, it.connected(ANNA) as client:
        me = await sit(client, window=10)
        me.channel.pause_reading()
        await until(lambda: it.apps and it.apps[0].is_running)
        (connection,) = it.server._connections
        (opened,) = connection.opened_sessions.values()
        before = opened.waiting
        opened.channel.write(b"x" * 10_000)
        assert opened.waiting >= before + 10_000 - 10
        assert it.server.census.buffered >= connection.waiting + 9_000
        assert connection.waiting < 9_000
