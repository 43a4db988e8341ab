"""A graph that is kept up: it follows what its objects turn out to be, and what comes and goes around them."""

from collections.abc import Callable, Iterable, Set

from kty.errors import NotFound
from kty.kube.resource import Resource
from kty.runtime.graph import Graph, Ref, Surroundings, Tree
from kty.runtime.holdings import Holdings, Opens
from kty.runtime.relations import Relations
from kty.runtime.sights import Holding
from kty.runtime.store import Status
from kty.runtime.use_reader import UseReader
from kty.runtime.uses import KindName

NEVER_OWNED = frozenset({"events", "events.events.k8s.io", "componentstatuses"})
"""Kinds whose objects have no owners, though there are many of them."""
ROUNDS = 8
"""How often a graph is made anew at once, because stores had what it wished for; then it waits to be asked again."""


class LiveGraph:
    """Keeps stores for as long as it is open. Of an object with a namespace it looks through that namespace only."""

    def __init__(
        self,
        opens: Opens,
        focus: Ref,
        resource: Resource,
        tell: Callable[[], object],
        *,
        reader: UseReader,
        find: Callable[[KindName], Resource | None],
        tells: Callable[[Resource], bool],
    ) -> None:
        """`tell` is called after every change, and may do no more than note it; `find` finds a kind by its name, as far
        as kinds are known; `tells` as in `Surroundings`. What `reader` knows may be of an earlier graph.
        """
        self._focus = focus
        self._resource = resource
        self._tells = tells
        self._reader = reader
        self._kinds: dict[KindName, Resource | None] = {resource.id: resource}
        self._find = find
        self.holdings = Holdings(opens, focus.namespace, tell)
        self.holdings.need_one(resource, focus.key, is_full=tells(resource))
        self._looks_through = False
        self._owners: dict[Ref, list[Ref]] = {}

    def _kind(self, name: KindName) -> Resource | None:
        if name not in self._kinds:
            self._kinds[name] = self._find(name)
        return self._kinds[name]

    def look_through(self, resources: Iterable[Resource]) -> None:
        """Follow all of these kinds, now that they are known, if they can be listed."""
        self._kinds = {self._resource.id: self._resource}
        there = [each for each in resources if not each.why_not_list() and each.is_watchable]
        there = [
            each for each in there if each.id not in NEVER_OWNED and (each.namespaced or not self._focus.namespace)
        ]
        # Those that kty knows the most of come first: they are the likeliest to be owned or used.
        first = {self._resource.id, *self._reader.kinds}
        self.holdings.look_through(sorted(there, key=lambda each: each.id not in first))
        self._looks_through = True

    def graph(self) -> Graph:
        """Return the graph as it is known now, and follow what it takes to know more."""
        self._reader.begin()
        for _ in range(ROUNDS):
            around = self._around()
            graph = self._made(around)
            self.holdings.has_news = False
            around.wishes.fulfil(self.holdings)
            self.holdings.update()
            if not self.holdings.has_news:
                break
        return graph

    def _around(self) -> Surroundings:
        return Surroundings(self.holdings, self._kind, self._tells, self._owners)

    def _made(self, around: Surroundings) -> Graph:
        tree = Tree(around, self._focus)
        asked = list(dict.fromkeys([self._focus, *tree.trunk, *tree.beneath(self._focus)]))
        beside = Relations(around, self._reader, asked, tree.drawn, self._focus.namespace)
        return Graph(self._focus, tree.roots, beside.uses(), beside.used_by(), frozenset(tree.trunk))

    def knows(self, kinds: Set[str]) -> bool:
        """Say whether all that there is of these kinds was listed, as far as it may be."""
        held = [holding.wide for holding in self.holdings if holding.resource.id in kinds]
        statuses = [wide.store.status for wide in held if wide is not None]
        return all(status.is_complete or status.phase == "refused" for status in statuses)

    @property
    def is_looking(self) -> bool:
        """Whether parts of the graph may be missing because they were not listed yet."""
        return not self._looks_through or self.holdings.is_looking or self.is_behind

    @property
    def is_behind(self) -> bool:
        """Whether `read_on` has to be called before the graph is made again."""
        return self._reader.is_behind

    def read_on(self, seconds: float) -> None:
        """Read for so long what the objects around use that were too many to be read at once."""
        self._reader.read_on(self._around(), seconds)

    @property
    def refused(self) -> list[Resource]:
        """Return the kinds of which something may not be seen that may belong to the graph."""
        found = {
            holding.resource.id: holding.resource
            for holding in self.holdings
            if holding.wide is not None and holding.wide.store.status.phase == "refused" and not _is_seen(holding)
        }
        return sorted(found.values(), key=lambda each: each.id)

    @property
    def statuses(self) -> list[Status]:
        """Return how true the stores are, without those that are refused, or of other kinds that are there no more."""
        return [
            status
            for resource, status in self.holdings.statuses.values()
            if status.phase != "refused" and (resource.id == self._focus.kind or not isinstance(status.error, NotFound))
        ]

    def close(self) -> None:
        """Follow nothing any more."""
        self.holdings.close()


def _is_seen(holding: Holding) -> bool:
    return bool(holding.wide is not None and holding.wide.store.status.is_complete)
