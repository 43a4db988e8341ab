"""From the words of a person to kinds and names."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kty.commands.target import Target
from kty.errors import NotFound, UsageError
from kty.kube.discovery import Discovery
from kty.kube.resource import Resource
from kty.text import printable
from kty.views.registry import well_known


@dataclass(slots=True)
class Wanted:
    """Objects of one kind; without names, all of them."""

    resource: Resource
    names: list[str] = field(default_factory=list)


class Kinds:
    """Finds kinds by their names. The server is asked at most once, and for well-known names not at all."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._known: Discovery | None = None

    async def discovery(self) -> Discovery:
        """Return what the server has. Raises KtyError."""
        if self._known is None:
            self._known = await self._target.kinds()
        return self._known

    async def one(self, word: str) -> Resource:
        """Return the kind of this name. Raises NotFound, with what it may be a slip of."""
        found = _well_known(word)
        return found if found is not None else _first((await self.discovery()).find(word)) or await self._none(word)

    async def all(self, word: str) -> Sequence[Resource]:
        """Return the kind of this name, or those of this category. Raises NotFound."""
        found = _well_known(word)
        if found is not None:
            return (found,)
        known = await self.discovery()
        one = _first(known.find(word))
        if one is not None:
            return (one,)
        return tuple([each for each in known.in_category(word.lower()) if not each.why_not_list()]) or (
            await self._none(word),
        )

    async def _none(self, word: str) -> Resource:
        known = await self.discovery()
        from difflib import get_close_matches  # needed for mistakes only

        names = {name: each.plural for each in known.resources for name in (each.plural, each.singular) if name}
        near = dict.fromkeys(names[name] for name in get_close_matches(word.lower(), names, n=3))
        hint = (
            f"did you mean {' or '.join(map(printable, near))}?"
            if near
            else "`:kinds` on kty's screens lists what there is"
        )
        raise NotFound(f"the server has no kind {printable(word)!r}", code=404, reason="NotFound", hint=hint)


def _first(found: Sequence[Resource]) -> Resource | None:
    """Return the best kind of those, one that can be listed before others."""
    return next((each for each in found if not each.why_not_list()), next(iter(found), None))


def _well_known(word: str) -> Resource | None:
    """Return a kind that every server has under this name: its plural, short name, or singular."""
    low = word.lower()
    for plural in dict.fromkeys((low, f"{low}s", f"{low}es", f"{low.removesuffix('y')}ies")):
        found = well_known(plural)
        if found is not None and (plural == low or found.kind.lower() == low):
            return found
    return None


def kind_of(resource: Resource) -> str:
    """Return what stands before names: `pod`, `deployment.apps`."""
    kind = printable(resource.kind.lower())
    return f"{kind}.{resource.group}" if resource.group else kind


async def wanted(words: Sequence[str], kinds: Kinds) -> list[Wanted]:
    """Return what these words ask for: `pods`, `pods,svc`, `pod web-1 web-2`, or `pod/web-1 svc/web`.

    Raises UsageError for a mixture, and NotFound for a kind that the server does not have.
    """
    if any("/" in word for word in words):
        return [Wanted(await kinds.one(kind), names) for kind, names in _grouped(words)]
    first, *names = words
    found = [each for word in filter(None, first.split(",")) for each in await kinds.all(word)]
    if not found:
        raise UsageError("no kind is named", hint="name one, such as pods")
    return [Wanted(each, list(dict.fromkeys(names))) for each in dict.fromkeys(found)]


async def named(words: Sequence[str], kinds: Kinds) -> list[Wanted]:
    """Return the same, where each object must have a name. Raises UsageError where none is named."""
    found = await wanted(words, kinds)
    if not all(each.names for each in found):
        raise UsageError("which one?", hint=f"name it: {words[0]}/NAME")
    return found


def _grouped(words: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield kinds and the names beside them, those that follow each other together."""
    kind, names = "", dict[str, None]()
    for word in words:
        of, slash, name = word.partition("/")
        if not (of and slash and name) or "/" in name:
            raise UsageError(f"{printable(word)!r} is not KIND/NAME", hint="beside one, all must be: pod/web-1 svc/web")
        if of != kind and names:
            yield kind, [*names]
            names = {}
        kind = of
        names[name] = None
    yield kind, [*names]
