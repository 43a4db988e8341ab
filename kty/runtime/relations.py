"""What the objects of a graph use, and what uses them: read from specs, followed for a few steps."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from kty.errors import UsageError
from kty.kube import selectors
from kty.kube.objects import Row
from kty.runtime.graph import Ref, Surroundings, Twig
from kty.runtime.use_reader import UseReader
from kty.runtime.uses import Use

STEPS = 3
"""How far uses of what is used, and users of users, are followed."""
READ = 100
"""Objects of a tree that are asked what they use, at most: a thousand pods of one template say the same."""


class Relations:
    """What stands beside a tree."""

    def __init__(
        self, around: Surroundings, reader: UseReader, tree: Sequence[Ref], drawn: Iterable[Ref], namespace: str
    ) -> None:
        """`tree` are the objects that are asked, the one that the graph is about first; `drawn` are all that stand in
        the tree; `namespace` as that of all.
        """
        self._around, self._reader = around, reader
        self._tree, self._namespace = tree, namespace
        self._drawn = set(drawn)

    def uses(self) -> tuple[Twig, ...]:
        """Return what the tree's objects use, each once, and beneath it what that uses."""
        return self._used_by_all(self._tree[:READ], set(self._drawn), 1)

    def _used_by_all(self, carriers: Iterable[Ref], seen: set[Ref], step: int) -> tuple[Twig, ...]:
        found: dict[Ref, tuple[set[str], bool, bool]] = {}
        for carrier in carriers:
            for use in self._reader.of(self._around, carrier):
                if use.of in self._reader.shared and carrier != self._tree[0]:
                    continue
                for ref in self._targets(use, carrier.namespace):
                    if ref not in self._drawn:
                        via, optional, many = found.get(ref, (set(), True, True))
                        found[ref] = via | {use.via}, optional and use.optional, many and bool(use.labels)
        if step > 1:
            found = {ref: ways for ref, ways in found.items() if ref not in seen}
        seen |= found.keys()
        twigs: list[Twig] = []
        for ref, (via, optional, many) in sorted(found.items()):
            # What is only selected stands for itself: what a service's pods use is theirs.
            goes_on = step < STEPS and not many
            children = self._used_by_all([ref], seen, step + 1) if goes_on else ()
            node = self._around.node(ref)
            twigs.append(Twig(node, children, tuple(sorted(filter(None, via))), is_optional=optional))
        return tuple(twigs)

    def _targets(self, use: Use, namespace: str) -> Iterable[Ref]:
        resource = self._around.kinds(use.of)
        if resource is None:
            if use.name and isinstance(use.of, tuple):
                yield Ref(f"{use.of[1]} ({use.of[0]})", namespace, use.name)
            return
        where = (namespace if use.namespace is None else use.namespace) if resource.namespaced else ""
        if use.name:
            yield Ref(resource.id, where, use.name)
        elif (matches := _selector(use.labels)) is not None:
            for row in self._around.holdings.of(resource).rows_in(where):
                if matches.matches(row.labels):
                    yield Ref(resource.id, *row.key)

    def used_by(self) -> tuple[Twig, ...]:
        """Return what uses the tree's objects, and beneath it what uses that."""
        shared = self._reader.shared
        targets = [ref for ref in self._tree if ref.kind not in shared or ref == self._tree[0]]
        return self._users(targets, set(self._drawn), 1)

    def _users(self, targets: Sequence[Ref], seen: set[Ref], step: int) -> tuple[Twig, ...]:
        found: dict[Ref, set[str]] = {}
        by_kind: dict[str, list[Row]] = {}
        for target in targets:
            if (row := self._around.node(target).row) is not None:
                by_kind.setdefault(target.kind, []).append(row)
            else:
                by_kind.setdefault(target.kind, [])
        wanted = set(targets)
        kinds = dict.fromkeys([user for kind in by_kind for user in self._reader.users_of(kind)])
        for kind in kinds:
            for key, uses in self._reader.all_of(self._around, kind, self._namespace):
                user = Ref(kind, *key)
                if user not in seen and (via := self._ways(uses, key[0], wanted, by_kind)):
                    found[user] = via
        found = {user: via for user, via in found.items() if not self._is_owned(user, found)}
        seen |= found.keys()
        return tuple(
            [
                Twig(
                    self._around.node(user),
                    self._users([user], seen, step + 1) if step < STEPS else (),
                    tuple(sorted(filter(None, via))),
                )
                for user, via in sorted(found.items())
            ]
        )

    def _ways(
        self, uses: Iterable[Use], namespace: str, wanted: set[Ref], by_kind: Mapping[str, Sequence[Row]]
    ) -> set[str]:
        """Say how an object with these uses is a user of one of the targets; empty where it is none."""
        ways: set[str] = set()
        for use in uses:
            resource = self._around.kinds(use.of)
            if resource is None or resource.id not in by_kind:
                continue
            where = (namespace if use.namespace is None else use.namespace) if resource.namespaced else ""
            if use.name:
                if Ref(resource.id, where, use.name) in wanted:
                    ways.add(use.via or "name")
            elif (matches := _selector(use.labels)) is not None:
                test = matches.matches
                if any(row.namespace == where and test(row.labels) for row in by_kind[resource.id]):
                    ways.add(use.via or "selector")
        return ways

    def _is_owned(self, user: Ref, users: Mapping[Ref, object]) -> bool:
        """Say whether it uses what its owner uses as well: then that is its doing."""
        return any(owner in users or owner in self._drawn for owner in self._around.owners(user))


@lru_cache(maxsize=256)
def _selector(labels: str) -> selectors.Selector | None:
    try:
        return selectors.parse(labels) if labels else None
    except UsageError:
        return None
