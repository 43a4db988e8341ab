"""From a destination to the stores that fill a browse screen, and to what Enter does there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from kty.errors import UsageError
from kty.kube import selectors
from kty.kube.codecs import TableColumn
from kty.kube.objects import Item, Key, Object, Row
from kty.kube.resource import Resource
from kty.kube.usage import POD_METRICS
from kty.runtime.derived import Parts, fixed
from kty.runtime.store import Store
from kty.screens.absence import Absence
from kty.screens.feed import Feed
from kty.screens.gauges import Gauges
from kty.screens.session import Namespaces, Session
from kty.text import printable
from kty.views.fields import Field, fields
from kty.views.registry import view_of
from kty.views.view import Browse, Column, Containers, Contexts, Destination, Events, Kinds, View

PODS = Resource("", "v1", "Pod", "pods")
EVENTS = Resource("", "v1", "Event", "events")


@dataclass(slots=True)
class Source:
    """What one browse screen lists."""

    view: View
    feed: Feed
    of: str
    """What the rows belong to, such as `deployment/web`; empty where nothing narrows them."""
    opens: Callable[[Key], Destination | None]
    """Where Enter leads from this row."""
    whole: Callable[[Key], Object | None] = lambda key: None
    """The object that a row is, or is a part of; None where it is gone."""
    resource: Resource | None = None
    """The kind whose objects are listed, or of which the rows are parts; None where the rows are no objects."""
    object_key: Callable[[Key], Key] = lambda key: key
    """The object that a row is, or is a part of."""
    scope: Callable[[Row], bool] | None = None
    namespaces: Namespaces | None = None
    """Those whose rows are there, empty for all of them; None where rows have no namespace."""
    is_narrowed: bool = False
    """Whether the destination says which namespaces, so that no other choice of them changes anything."""
    where: str | None = None
    """The namespace of the one store that has the objects, where the rows are parts of them."""
    columns: Callable[[], Sequence[Column] | None] = lambda: None
    """The columns that the server chose; None where the view has its own, and while they are not known."""
    gauges: Gauges | None = None
    """What the rows use, where that kind is measured at all."""
    absence: Absence | None = None
    """Which of the namespaces are not there at all, where any are chosen."""
    is_static: bool = False
    """Whether the rows are as they are, with no watch behind them."""
    is_outdated: Callable[[], bool] = lambda: False
    """Whether there are other rows by now, for which it must be opened anew."""

    def store_of(self, key: Key) -> str:
        """Return the namespace of the store that has the object; empty for that of all of them."""
        if self.where is not None:
            return self.where
        return key[0] if key[0] in (self.namespaces or ()) else ""

    def renew(self) -> None:
        """Ask the server for everything anew."""
        self.feed.renew()
        if self.gauges is not None:
            self.gauges.renew()

    def close(self) -> None:
        """Let everything end that only this needs."""
        self.feed.close()
        if self.gauges is not None:
            self.gauges.close()
        if self.absence is not None:
            self.absence.close()


async def open_source(
    destination: Destination, session: Session, tell: Callable[[], object], where: str = ""
) -> Source:
    """Return the rows that a destination means; they come as the watch brings them.

    `where` is the namespace of the store that has the object whose parts are the rows.

    Waits for the server's kinds only if the destination's is none of kty's own. Raises UsageError for a kind that
    the server does not have.
    """
    match destination:
        case Browse():
            return _kind(destination, await _resource(destination.kind, session), session, tell)
        case Containers(namespace, name):
            return _containers((namespace, name), session, tell, where)
        case Events():
            return _events(destination, session, tell)
        case Contexts():
            from kty.views.places import CONTEXTS, context_rows, open_context

            items = context_rows(session.kubeconfig.contexts, session.context)
            return _places(CONTEXTS, items, open_context, tell)
        case Kinds():
            from kty.views.places import KINDS, kind_rows, open_kind

            cluster = session.cluster
            cluster.look_again()
            found = await cluster.kinds()
            source = _places(KINDS, kind_rows(found.resources), open_kind, tell)
            source.is_outdated = lambda: cluster.discovery is not found
            return source
    raise TypeError(f"{destination!r} is no list")


async def _resource(kind: str, session: Session) -> Resource:
    from kty.views.command_line import Show

    for resource in session.find(kind):
        if not resource.why_not_list():
            return resource
    match await session.understand(kind):
        case Show(resource):
            return resource
    raise UsageError(f"{printable(kind)} is no kind", hint="ctrl+a lists the kinds that the server has")


def _kind(destination: Browse, resource: Resource, session: Session, tell: Callable[[], object]) -> Source:
    view = view_of(resource)
    namespaces = session.namespaces if destination.namespace is None else (destination.namespace,)
    namespaces = tuple(filter(None, namespaces)) if resource.namespaced else ()
    scope = scope_of(destination, view)
    leases = [session.lease(resource, namespace) for namespace in namespaces or ("",)]
    stores = [lease.store for lease in leases]

    def columns() -> Sequence[Column] | None:
        found = next((store.columns for store in stores if store.columns is not None), None)
        return None if found is None else _columns_of(found)

    def opens(key: Key) -> Destination | None:
        obj = whole(stores, key, resource)
        return None if obj is None else view.opens(obj)

    return Source(
        view,
        Feed(stores, tell, leases=leases),
        destination.title or destination.labels,
        opens,
        whole=lambda key: whole(stores, key, resource),
        resource=resource,
        scope=scope,
        namespaces=namespaces if resource.namespaced else None,
        is_narrowed=destination.namespace is not None,
        columns=columns if view.codec is not None else lambda: None,
        gauges=Gauges(session, view.measured_by, namespaces, tell) if view.measured_by is not None else None,
        absence=Absence(session, namespaces, tell) if namespaces else None,
    )


def _events(destination: Events, session: Session, tell: Callable[[], object]) -> Source:
    from kty.views.events import OF_ONE

    lease = session.lease(EVENTS, destination.namespace, fields=destination.selector)

    def opens(key: Key) -> Destination | None:
        obj = whole([lease.store], key, EVENTS)
        return None if obj is None else OF_ONE.opens(obj)

    return Source(
        OF_ONE,
        Feed([lease.store], tell, leases=[lease]),
        f"{destination.kind.lower()}/{destination.name}",
        opens,
        whole=lambda key: whole([lease.store], key, EVENTS),
        resource=EVENTS,
        namespaces=(destination.namespace,) if destination.namespace else (),
        is_narrowed=True,
        where=destination.namespace,
    )


@lru_cache(maxsize=64)
def _columns_of(definitions: tuple[TableColumn, ...]) -> tuple[Column, ...]:
    from kty.views.any import columns_of

    return columns_of(definitions)


def whole(stores: Sequence[Store], key: Key, resource: Resource) -> Object | None:
    """Return the whole object, with the apiVersion and kind that lists leave out; None where it is gone."""
    bodies = (store.body(key) for store in stores)
    return next((_decoded(body, resource) for body in bodies if body is not None), None)


def whole_last(store: Store, key: Key, resource: Resource) -> Object | None:
    """Return what an object that is gone was last, as `whole` does; None where that is not known."""
    body = store.last(key)
    return None if body is None else _decoded(body, resource)


def _decoded(body: bytes, resource: Resource) -> Object:
    obj: Object = msgspec.json.decode(body)
    return resource.with_kind(obj)


def scope_of(destination: Browse, view: View) -> Callable[[Row], bool] | None:
    """Return what tells the rows that a destination is about from the others of its kind."""
    tests: list[Callable[[Row], bool]] = []
    if destination.labels:
        matches = selectors.parse(destination.labels).matches
        tests.append(lambda row: matches(row.labels))
    if owner := destination.owner:
        tests.append(lambda row: owner in row.owners)
    known = {field.column.title: field for field in fields(view.columns, namespaces=True, wide=True)}
    for title, text in destination.fields:
        tests.append(_shows(known[title], text))
    if not tests:
        return None
    return lambda row: all(test(row) for test in tests)


def _shows(field: Field, text: str) -> Callable[[Row], bool]:
    return lambda row: field.value(row) == text


def _containers(key: Key, session: Session, tell: Callable[[], object], where: str) -> Source:
    from kty.views.containers import CONTAINERS, containers_of
    from kty.views.logs import pod_logs

    lease = session.lease(PODS, where)

    def parts(body: bytes) -> list[Item]:
        pod: Object = msgspec.json.decode(body)
        return [Item(msgspec.structs.replace(row, version=str(hash(row.cells))), b"{}") for row in containers_of(pod)]

    made = Parts(lease.store, key, parts)

    class Ending:
        def release(self) -> None:
            made.close()
            lease.release()

        def renew(self) -> None:
            lease.renew()

    return Source(
        CONTAINERS,
        Feed([made.store], tell, watched=[lease.store], leases=[Ending()]),
        f"pod/{key[1]}",
        lambda row: pod_logs(key, row[1]),
        whole=lambda _: whole([lease.store], key, PODS),
        resource=PODS,
        object_key=lambda _: key,
        namespaces=(key[0],),
        is_narrowed=True,
        where=where,
        gauges=Gauges(session, POD_METRICS, (where,), tell, part_of=key),
    )


def _places(
    view: View, items: Sequence[Item], opens: Callable[[Row], Destination], tell: Callable[[], object]
) -> Source:
    store = fixed(items)
    return Source(view, Feed([store], tell), "", lambda key: opens(store.rows[key]), is_static=True)
