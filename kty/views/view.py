"""What a view is: columns, tones and destinations, as plain values that any screen can read."""

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct

from kty.kube.codecs import Codec, ObjectCodec
from kty.kube.field_selectors import FieldRequirement
from kty.kube.objects import Object, Row, Typed
from kty.kube.resource import Resource

if TYPE_CHECKING:
    from kty.views.actions import Action

Tone: TypeAlias = Literal["", "good", "busy", "warn", "bad", "dim", "accent"]
"""What a value means, not its colour: the widgets' theme decides how it looks."""

Order: TypeAlias = Literal["text", "number", "time"]
"""How a column's values compare: as text, as numbers, or as a moment (shown as an age, newest first)."""


def plain(value: Any, now: float) -> str:
    """Show a value as it is; nothing where there is none."""
    return "" if value is None else str(value)


def untoned(value: Any) -> Tone:
    return ""


def itself(value: Any) -> Any:
    return value


class Column(Struct, frozen=True):
    """One column: where its value comes from, and how it is shown, compared and toned.

    `get` runs once when the object arrives and its value is kept in the row, so it must be small and hashable:
    a str, a number, None, or a tuple of these.
    """

    title: str
    get: Callable[[Any], Any]
    """From the kind's Struct to the value that is kept; it must bear an object that says nothing."""
    show: Callable[[Any, float], str] = plain
    """From the value and the time now (seconds since the epoch) to what is printed; made printable by the caller."""
    order: Order = "text"
    compare: Callable[[Any], Any] = itself
    """From the value to what `order` sorts and compares by: a str, a number, or seconds since the epoch; or None."""
    tone: Callable[[Any], Tone] = untoned
    wide: bool = False
    """Shown in the wide view only (ctrl-w)."""
    right: bool = False
    """Numbers align at their last digit."""
    ticks: bool = False
    """What is shown changes as time passes."""
    lasts: Callable[[Any, float], float] | None = None
    """From the value and the time now to for how many seconds more the same is shown; None: nobody knows."""
    sentence: bool = False
    """What is shown is for reading: it gets room before names do."""
    joins: Callable[[Any, Any], Any] | None = None
    """From the kept value, and from what another store says of the object (None: nothing yet), to the value. Such a
    column is there only while that store is, and filters do not look through it for words: it changes all the time.
    """
    kept: "Column | None" = None
    """The column whose kept value this one joins: it keeps none of its own. None: its own."""


def keeping(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns whose values rows keep: these are a row's cells, in this order."""
    return tuple([column for column in columns if column.kept is None])


class Browse(Struct, frozen=True):
    """A list of a kind, narrowed by label selector, owner or field."""

    kind: str
    """As discovery finds it: `pods`, `deployments.apps`."""
    namespace: str | None = None
    """None keeps the namespaces that are shown; empty means all of them."""
    labels: str = ""
    """A label selector, as kubectl's -l takes it."""
    owner: str = ""
    """The uid that must be among an object's owners."""
    fields: tuple[tuple[str, str], ...] = ()
    """Column title and exact text that must be shown in it, such as ("Node", "worker-1")."""
    title: str = ""
    """What this list is a part of, for the header: `deployment/web`."""


class Containers(Struct, frozen=True):
    """The containers of one pod."""

    namespace: str
    name: str


class Logs(Struct, frozen=True):
    """What containers print."""

    pods: Browse
    """Whose: the pods of such a list; of a list of another kind, the pods that its objects own."""
    more: tuple[Browse, ...] = ()
    """And those of these lists."""
    keys: tuple[tuple[str, str], ...] = ()
    """Of them only these, by namespace and name; none for all of them."""
    names: tuple[str, ...] = ()
    """Of them only those whose name is like one of these: `web-*`, or a part of the name."""
    containers: tuple[str, ...] = ()
    """Of each pod only these; none for all of them."""
    filter: str = ""
    """Of the pods only those that this filter of their list lets through."""
    previous: bool = False
    """The run before this one."""
    lines: str = ""
    """What is shown of the lines at first, as a filter of lines has it."""


class Yaml(Struct, frozen=True):
    """The object itself."""


class Shell(Struct, frozen=True):
    """A shell in a container, a program that is run there, or (`attach`) what runs there itself."""

    namespace: str
    pod: str
    container: str = ""
    """Empty for the one that the pod calls its default, or its first."""
    attach: bool = False
    command: tuple[str, ...] = ()
    """The program and its arguments; none for the best shell that there is."""

    @property
    def word(self) -> str:
        """What it is, in short."""
        if self.command:
            return shlex.join(self.command)
        return "attached" if self.attach else "shell"


class Describe(Struct, frozen=True):
    """The object in words, with what belongs to it and what happened to it."""


class History(Struct, frozen=True):
    """What changed on the object since kty watches it."""


class Graph(Struct, frozen=True):
    """The object among its owners, what these own, and what uses what."""


class Events(Struct, frozen=True):
    """The events about one object."""

    namespace: str
    """Where the object is; empty for a kind that has no namespaces."""
    kind: str
    """As events say it: `Pod`."""
    name: str
    uid: str = ""
    """Empty where it is not known, and for kinds whose reporters make one up, as kubelets do."""

    @property
    def selector(self) -> str:
        """The field selector that the server takes."""
        named = {"kind": self.kind, "namespace": self.namespace, "name": self.name, "uid": self.uid}
        return ",".join(str(FieldRequirement(f"involvedObject.{key}", value)) for key, value in named.items() if value)


class SwitchNamespace(Struct, frozen=True):
    """Show what is in this namespace."""

    name: str


class Contexts(Struct, frozen=True):
    """The contexts of the kubeconfig."""


class SwitchContext(Struct, frozen=True):
    """Look at another cluster, or at this one as somebody else."""

    name: str


class Kinds(Struct, frozen=True):
    """The kinds that the server has."""


class PortForwards(Struct, frozen=True):
    """The ports that are forwarded."""


class Asked(Struct, frozen=True):
    """The list that a line of the command line means, once that can be told."""

    line: str


Destination: TypeAlias = (
    Asked
    | Browse
    | Containers
    | Contexts
    | Describe
    | Events
    | History
    | Graph
    | Kinds
    | Logs
    | PortForwards
    | Shell
    | SwitchContext
    | SwitchNamespace
    | Yaml
)


def opens_yaml(obj: Object) -> Destination:
    return Yaml()


@dataclass(frozen=True, slots=True)
class View:
    """How kty shows one kind of object."""

    plural: str
    group: str = ""
    version: str = "v1"
    kind: str = ""
    namespaced: bool = True
    columns: tuple[Column, ...] = ()
    """Without Namespace and Name, which every list has."""
    reads: type[Typed] = Typed
    """The Struct with the fields that the columns look at."""
    tone: Callable[[Row], Tone] = untoned
    """The tone of a whole row: a failing pod looks failing."""
    opens: Callable[[Object], Destination] = opens_yaml
    """Where Enter leads, from the whole decoded object."""
    sort: tuple[str, bool] = ("Name", False)
    """The first sort: column title, and whether it is reversed."""
    actions: "tuple[Action, ...]" = ()
    """What can be done to it, beside deleting it."""
    measured_by: Resource | None = None
    """The kind whose objects say what these use, by the same namespace and name: columns that join are fed by it."""
    ready: tuple[str, ...] = ("Ready",)
    """The columns that say how much of it is there, where it is told in short: `2/3`, or two columns of a number."""
    named: bool = True
    """Whether the name says something; one that is made up, as that of an event, is the last of the wide columns."""
    status: str = "Status"
    """The column that says in a word how it is."""
    codec: Callable[[], Codec] | None = field(default=None)
    """Makes the codec of one watch; None reads `reads` with `columns`."""

    @property
    def id(self) -> str:
        """As discovery names it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def resource(self) -> Resource:
        """Return the kind as it is well known, for use before discovery has answered."""
        return Resource(self.group, self.version, self.kind, self.plural, self.namespaced, self.kind.lower())

    def new_codec(self) -> Codec:
        """Return a codec for one watch of this kind."""
        if self.codec is not None:
            return self.codec()
        getters = tuple(column.get for column in keeping(self.columns))
        return ObjectCodec(self.reads, lambda obj: tuple([get(obj) for get in getters]))
