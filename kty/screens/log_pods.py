"""From a destination to the pods whose logs it means, and how to read them."""

from collections.abc import Callable
from functools import partial

from kty.kube.objects import Row
from kty.kube.streams.logs import logs
from kty.runtime.log_follower import LogSink, LogStart
from kty.runtime.log_group import LogGroup
from kty.screens.feed import Feed
from kty.screens.session import Session
from kty.screens.sources import PODS, scope_of
from kty.views.fields import fields, haystack
from kty.views.registry import view_of
from kty.views.view import Logs


def open_logs(
    destination: Logs, session: Session, tell: Callable[[], object], sink: LogSink, start: LogStart, where: str
) -> tuple[Feed, LogGroup]:
    """Return the pods, as live as any list, and their logs, which begin at once.

    `where` is the namespace of the store that has the pod already; empty for none. Raises UsageError for a filter
    that cannot be read.
    """
    wanted = _wanted(destination, session)
    namespace = destination.pods.namespace
    namespaces = (where,) if where else session.namespaces if namespace is None else (namespace,)
    leases = [session.lease(PODS, each) for each in namespaces or ("",)]
    stores = [lease.store for lease in leases]
    group = LogGroup(
        stores,
        wanted,
        partial(logs, session.cluster.client),
        sink,
        container=destination.container,
        start=start,
        clock=session.clock,
    )
    feed = Feed(stores, tell, leases=leases)
    group.start()
    return feed, group


def _wanted(destination: Logs, session: Session) -> Callable[[Row], bool]:
    view = view_of(PODS)
    pods = destination.pods
    in_scope = scope_of(pods, view) or (lambda row: True)
    if not destination.filter:
        return lambda row: pods.namespace in (None, "", row.namespace) and in_scope(row)
    from kty.views.filters import parse

    shown = fields(view.columns, namespaces=True)
    wanted, text = parse(destination.filter, shown), haystack(shown)

    def test(row: Row) -> bool:
        return (
            pods.namespace in (None, "", row.namespace)
            and in_scope(row)
            and wanted.at(session.clock.now())(row, text(row))
        )

    return test
