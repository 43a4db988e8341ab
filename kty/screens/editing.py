"""Edit an object: in the person's editor, tried out on the server, shown as a difference, and only then put there."""

import difflib
import json

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kty.errors import Conflict, UsageError
from kty.kube.api import Api
from kty.kube.client import Client
from kty.kube.manifest import from_yaml, to_yaml
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.kube.three_way import ABSENT, merge
from kty.screens.confirm import ConfirmScreen
from kty.screens.editors import Clashing
from kty.text import printable

ROUNDS = 3
"""How often a change is brought to what others made of the object meanwhile, before it is given up."""
NAMED = 3
"""Fields that are named where both changed them; others are counted."""
SHORT = 60
"""Characters of a value that are shown of it."""
CONTEXT = 3
"""Lines around each change that are shown with it."""


class Edited:
    """One object on its way through an editor, as often as the person wants to mend it."""

    def __init__(self, client: Client, resource: Resource, namespace: str, name: str) -> None:
        self._api = Api(client, resource, namespace)
        self.resource = resource
        self.name = name
        self.before: Object = {}
        self.after: Object = {}
        self.others_changed = False
        """Whether the change was brought to what others made of the object since the text was taken."""
        self._content: Object = {}
        self._clashing = ""
        """The text that stands for both changes of an object, where they clash."""

    async def read(self) -> str:
        """Return the newest object as the text to be edited. Raises KtyError."""
        self.before = await self._newest()
        return to_yaml(self.before)

    async def _newest(self) -> Object:
        return self.resource.with_kind(await self._api.get(self.name))

    def take(self, text: str) -> bool:
        """Take what the person made of the text; false where they left nothing. Raises KtyError."""
        if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
            return False
        self._clashing, self.others_changed = "", False
        self._content = from_yaml(text)
        return True

    async def try_out(self) -> bool:
        """Let the server say what it would make of it; false where that is nothing new. Raises KtyError."""
        self.after = await self._replaced(dry_run=True)
        return bool(self.difference())

    async def put(self) -> bool:
        """Put it there; false where it changed meanwhile: it must be tried out again, on what is there now.

        Raises KtyError.
        """
        try:
            await self._replace(dry_run=False)
        except Conflict:
            await self._catch_up()
            return False
        return True

    async def _replaced(self, *, dry_run: bool) -> Object:
        for _ in range(ROUNDS):
            try:
                return await self._replace(dry_run=dry_run)
            except Conflict:
                await self._catch_up()
        return await self._replace(dry_run=dry_run)

    async def _replace(self, *, dry_run: bool) -> Object:
        content, kept = self._content, self.before["metadata"].get("managedFields")
        if kept and isinstance(metadata := content.get("metadata"), dict):
            content = {**content, "metadata": {"managedFields": kept, **metadata}}
        return await self._api.replace(self.name, content, dry_run=dry_run, field_validation="Strict")

    async def _catch_up(self) -> None:
        """Bring the person's change to what somebody else made of the object meanwhile.

        Raises UsageError where both changed the same.
        """
        before, self.before = self.before, await self._newest()
        if before["metadata"].get("uid") != self.before["metadata"].get("uid"):
            raise UsageError(f"{printable(self.name)} was deleted, and another one has its name")
        self._content, clashes = merge(_bare(before), self._content, _bare(self.before))
        if clashes:
            self._clashing = to_yaml(self._content)
            said = "; ".join(f"{clash.path} to {_short(clash.theirs)}" for clash in clashes[:NAMED])
            more = f"; and {len(clashes) - NAMED} more fields" if len(clashes) > NAMED else ""
            raise Clashing(f"somebody else changed {printable(said)}{more}")
        self.others_changed = True

    def again(self, text: str) -> str:
        """Return the text to go on with where something is wrong with this one."""
        return self._clashing or text

    def difference(self) -> list[str]:
        """Return what would change, in lines of a unified diff without its head."""
        before, after = ([*_lines(obj)] for obj in (self.before, self.after))
        return [*difflib.unified_diff(before, after, lineterm="", n=CONTEXT)][2:]


def _bare(obj: Object) -> Object:
    """Return the object without what an editor does not show."""
    return {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key != "managedFields"}}


def _short(value: object) -> str:
    if value is ABSENT:
        return "nothing"
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= SHORT else f"{said[:SHORT]}…"


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

    def __init__(self, edit: Edited) -> None:
        others = "Somebody else changed it meanwhile, and that stays. " if edit.others_changed else ""
        asked = f"{others}Put this in place of {printable(edit.name)}?"
        super().__init__("edit", lambda typed: asked, lambda typed: "")
        self._lines = edit.difference()

    def compose_more(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content("\n").join([Content.styled(line, _style(line)) for line in self._lines]))


def _style(line: str) -> str:
    if line.startswith("+"):
        return "$text-success"
    if line.startswith("-"):
        return "$text-error"
    return "$text-accent" if line.startswith("@@") else "$foreground 60%"
