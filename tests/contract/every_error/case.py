"""One way in which something goes wrong, and the sentence that a person reads."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from kty.errors import KtyError
from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.kube.certificates import Authority


@dataclass
class Bench:
    """What a case may use on this machine."""

    folder: Path
    """Empty, and its own."""
    authority: Authority
    stranger: Authority
    """Nobody trusts it."""
    words: dict[str, str] = field(default_factory=dict)
    """What is different each time, such as a port, and the word that stands for it in the sentence."""


@dataclass
class Spot:
    """What a case may use of the demo, or of the real cluster."""

    cluster: Cluster
    place: Place
    folder: Path
    words: dict[str, str] = field(default_factory=dict)


Here = Callable[[Bench], Awaitable[object]]
There = Callable[[Spot], Awaitable[object]]


@dataclass(frozen=True)
class Case:
    """`happen` raises an error of this kind, and of no kind below it, that says this."""

    kind: type[KtyError]
    said: str
    happen: Here | There

    @property
    def name(self) -> str:
        return f"{self.kind.__name__}-{self.happen.__name__}"


class Cases(list[Case]):
    """The cases of a module."""

    def here(self, kind: type[KtyError], said: str) -> Callable[[Here], Here]:
        """Add a case that needs no cluster."""

        def add(happen: Here) -> Here:
            self.append(Case(kind, said, happen))
            return happen

        return add

    def there(self, kind: type[KtyError], said: str) -> Callable[[There], There]:
        """Add a case that happens on the demo and on the real cluster alike."""

        def add(happen: There) -> There:
            self.append(Case(kind, said, happen))
            return happen

        return add


def sentence(error: KtyError, words: dict[str, str]) -> str:
    """Return what a person reads, with words for what is different each time."""
    said = error.sentence()
    for value in sorted(words, key=len, reverse=True):
        said = said.replace(value, words[value])
    return said
