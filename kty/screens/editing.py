"""Edit an object: in the person's editor, tried out on the server, shown as a difference, and only then put there."""

import difflib

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kty.errors import KtyError
from kty.kube.api import Api
from kty.kube.client import Client
from kty.kube.manifest import from_yaml, to_yaml
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.screens.confirm import ConfirmScreen
from kty.text import printable

NOTE = """\
# What you save is tried out on the server first, and shown as a difference before it is put in place of {name}.
# Leave the text as it is, or empty, to change nothing.
"""
WRONG = "# {sentence}\n"
CONTEXT = 3
"""Lines around each change that are shown with it."""


class Edited:
    """One object on its way through an editor, as often as the person wants to mend it."""

    def __init__(self, client: Client, resource: Resource, namespace: str, name: str) -> None:
        self._api = Api(client, resource, namespace)
        self._resource = resource
        self.name = name
        self.before: Object = {}
        self.after: Object = {}
        self._content: Object = {}

    async def read(self) -> str:
        """Return the newest object as the text to be edited. Raises KtyError."""
        found = await self._api.get(self.name)
        self.before = {"apiVersion": self._resource.api_version, "kind": self._resource.kind, **found}
        return NOTE.format(name=printable(self.name)) + to_yaml(self.before)

    async def try_out(self, text: str) -> bool:
        """Let the server say what it would make of this text; false where that is nothing new. Raises KtyError."""
        if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
            return False
        content = from_yaml(text)
        kept = self.before["metadata"].get("managedFields")
        if kept and isinstance(content.get("metadata"), dict):
            content["metadata"].setdefault("managedFields", kept)
        self._content = content
        self.after = await self._api.replace(self.name, content, dry_run=True, field_validation="Strict")
        return bool(self.difference())

    async def put(self) -> None:
        """Put it there. Raises Conflict where the object changed since it was read."""
        await self._api.replace(self.name, self._content, field_validation="Strict")

    def difference(self) -> list[str]:
        """Return what would change, in lines of a unified diff without its head."""
        before, after = ([*_lines(obj)] for obj in (self.before, self.after))
        return [*difflib.unified_diff(before, after, lineterm="", n=CONTEXT)][2:]


def _lines(obj: Object) -> list[str]:
    metadata = {key: value for key, value in obj.get("metadata", {}).items() if key not in _UNSEEN}
    return [printable(line) for line in to_yaml({**obj, "metadata": metadata}).splitlines()]


_UNSEEN = ("managedFields", "resourceVersion", "generation")
"""What changes with every write."""


class DifferenceScreen(ConfirmScreen):
    """Shows what an edit would change."""

    DEFAULT_CSS = """
    DifferenceScreen Vertical { width: 110; }
    DifferenceScreen VerticalScroll { height: auto; max-height: 24; margin: 1 0 0 0; }
    """

    def __init__(self, name: str, lines: list[str]) -> None:
        super().__init__("edit", lambda typed: f"Put this in place of {name}?", lambda typed: "")
        self._lines = lines

    def compose_more(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content("\n").join([Content.styled(line, _style(line)) for line in self._lines]))


def _style(line: str) -> str:
    if line.startswith("+"):
        return "$text-success"
    if line.startswith("-"):
        return "$text-error"
    return "$text-accent" if line.startswith("@@") else "$foreground 60%"


def with_reason(text: str, error: KtyError) -> str:
    """Return the text with what is wrong with it at its head, in place of what was wrong before."""
    rest = text.split("\n")
    while rest and rest[0].startswith("#"):
        del rest[0]
    return WRONG.format(sentence=printable(error.sentence())) + "\n".join(rest)
