"""From a destination to the pods whose logs it means, and how to read them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from kty.kube.objects import Row
from kty.kube.streams.logs import logs
from kty.runtime.log_follower import LogSink, LogStart
from kty.runtime.log_group import MOST, LogGroup
from kty.runtime.shared import Lease
from kty.runtime.store import Store
from kty.screens.feed import Feed
from kty.screens.rows import FAULTY
from kty.screens.session import Namespaces, Session
from kty.screens.sources import PODS, scope_of
from kty.views.fields import fields, haystack
from kty.views.logs import like
from kty.views.registry import view_of, well_known
from kty.views.view import Browse, Logs

Test: TypeAlias = Callable[[Row], bool]


def open_logs(
    destination: Logs, session: Session, tell: Callable[[], object], sink: LogSink, start: LogStart, where: str
) -> tuple[Feed, LogGroup]:
    """Return the pods, as live as any list, and their logs, which begin at once.

    `where` is the namespace of the store that has the pod already; empty for none. Raises UsageError for a filter
    that cannot be read.
    """
    lists = (destination.pods, *destination.more)
    narrowed = _narrowed(destination, session)  # before anything is leased: it may have a mistake
    namespaces = (where,) if where else _together([_namespaces(each, session) for each in lists])
    leases = [session.lease(PODS, each) for each in namespaces or ("",)]
    stores = [lease.store for lease in leases]
    owners: list[Lease] = []
    tests: list[Test] = []
    for each in lists:
        if each.kind == PODS.id:
            tests.append(_listed(each))
        else:
            found = _owners(each, session)
            owners += found
            tests.append(_owned(each, [lease.store for lease in found]))
    group = LogGroup(
        stores,
        lambda row: any(test(row) for test in tests) and narrowed(row),
        partial(logs, session.cluster.client),
        sink,
        containers=destination.containers,
        beside=[lease.store for lease in owners],
        first=_first,
        start=start,
        most=MOST,
        clock=session.clock,
    )
    feed = Feed(stores, tell, leases=[*leases, *owners])
    group.start()
    return feed, group


def _first(row: Row) -> tuple[bool, float]:
    """Those that look wrong before the others, then the newest."""
    return view_of(PODS).tone(row) not in FAULTY, -(row.created or 0.0)


def _namespaces(listed: Browse, session: Session) -> Namespaces:
    if listed.namespace is None:
        return session.namespaces
    return (listed.namespace,) if listed.namespace else ()


def _together(several: Sequence[Namespaces]) -> Namespaces:
    """Return all of them; empty where one of them is all that there are."""
    if not all(several):
        return ()
    return tuple(dict.fromkeys(namespace for namespaces in several for namespace in namespaces))


def _listed(pods: Browse) -> Test:
    in_scope = scope_of(pods, view_of(PODS)) or (lambda row: True)
    return lambda row: pods.namespace in (None, "", row.namespace) and in_scope(row)


def _owners(listed: Browse, session: Session) -> list[Lease]:
    resource = well_known(listed.kind)
    if resource is None:
        raise TypeError(f"{listed!r} is no list of kty's own")
    return [session.lease(resource, each) for each in _namespaces(listed, session) or ("",)]


def _owned(listed: Browse, stores: Sequence[Store]) -> Test:
    """Return what tells the pods that the objects of a list own."""
    resource = well_known(listed.kind)
    in_scope = (scope_of(listed, view_of(resource)) if resource is not None else None) or (lambda row: True)
    seen: list[int] = []
    uids: set[str] = set()

    def test(row: Row) -> bool:
        nonlocal seen, uids
        now = [store.revision for store in stores]
        if now != seen:
            seen, uids = now, {each.uid for store in stores for each in store.rows.values() if in_scope(each)}
        return not uids.isdisjoint(row.owners)

    return test


def _narrowed(destination: Logs, session: Session) -> Test:
    tests: list[Test] = []
    if destination.keys:
        keys = frozenset(destination.keys)
        tests.append(lambda row: row.key in keys)
    if destination.names:
        is_like = like(destination.names)
        tests.append(lambda row: is_like(row.name))
    if destination.filter:
        from kty.views.filters import parse

        shown = fields(view_of(PODS).columns, namespaces=True)
        wanted, text = parse(destination.filter, shown), haystack(shown)
        tests.append(lambda row: wanted.at(session.clock.now())(row, text(row)))
    return lambda row: all(test(row) for test in tests)
