"""What can be done to the object under the cursor: asked for, checked, confirmed, done and told, in one place."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Literal

from textual import work
from textual.binding import Binding

from kty.errors import KtyError
from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.runtime.access import Need
from kty.screens.frame import Frame
from kty.term.app import TerminalApp
from kty.text import printable
from kty.views.actions import Action, Target
from kty.views.view import Tone

if TYPE_CHECKING:
    from kty.screens.editing import Edited
    from kty.screens.editors import Editor

ACTIONS = (
    Binding("s", "act('scale')", "scale", id="scale", show=False),
    Binding("r", "act('restart')", "restart", id="restart", show=False),
    Binding("r", "act('drain')", "drain", id="drain", show=False),
    Binding("c", "act('cordon')", "cordon", id="cordon", show=False),
    Binding("u", "act('uncordon')", "uncordon", id="uncordon", show=False),
    Binding("t", "act('trigger')", "trigger", id="trigger", show=False),
    Binding("s", "act('suspend')", "suspend or resume", id="suspend", show=False),
    Binding("ctrl+k", "act('kill')", "kill", id="kill", show=False),
    Binding("e", "edit", "edit", id="edit", show=False),
    Binding("ctrl+d", "act('delete')", "delete", id="delete", show=False),
)
"""The keys of all actions: one key may do different things to different kinds."""


class Acting(Frame):
    """Does to the object that a person points at what can be done to its kind."""

    @property
    def _actions(self) -> tuple[Action, ...]:
        """What can be done to what is pointed at."""
        return ()

    def _pointed(self) -> tuple[Resource, Key] | None:
        """Return the object that is pointed at; None where it is none."""
        return None

    def _pointed_object(self) -> Object | None:
        """Return it decoded; None where it is gone."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("act", "edit") and not self.is_active:  # a key pressed twice: the first one asks already
            return False
        if action == "edit":
            return bool(self._actions)
        if action == "act":
            return any(each.id == parameters[0] for each in self._actions)
        return super().check_action(action, parameters)

    def action_act(self, name: str) -> None:
        """Do this to the object under the cursor, once the person says so."""
        pointed = self._pointed()
        action = next((each for each in self._actions if each.id == name), None)
        if pointed is None or action is None:
            return
        obj = self._pointed_object()
        if obj is None:
            self.say("it is gone", "warn")
        elif self.may_change(f"it will not {action.title}"):
            self._ask(action, Target(pointed[0], obj))

    @work(exclusive=True, group="act")
    async def _ask(self, action: Action, target: Target) -> None:
        need = Need(action.verb, target.resource, target.namespace, target.name, action.part)
        why_not = action.why_not(target) or await self.session.cluster.access.why_not(need)
        if why_not:
            self.report(printable(why_not), "bad")
            return
        from kty.screens.confirm import ConfirmScreen

        screen = ConfirmScreen(
            action.title,
            lambda typed: printable(action.says(target, typed)),
            action.checks,
            asks=action.asks,
            proposes=action.proposes(target),
        )
        typed = await self.app.push_screen_wait(screen)
        if typed is not None:
            self.app.run_worker(self._do(action, target, typed), group="doing", exit_on_error=False)

    def action_edit(self) -> None:
        """Change the object: in the person's own editor, or in kty's."""
        pointed = self._pointed()
        if pointed is not None and self.may_change("it will not edit"):
            self._edit(pointed[0], *pointed[1])

    @work(exclusive=True, group="act")
    async def _edit(self, resource: Resource, namespace: str, name: str) -> None:
        from kty.screens.editing import Edited
        from kty.screens.editors import editor_for

        app = self.app
        if not isinstance(app, TerminalApp):
            return
        why_not = await self.session.cluster.access.why_not(Need("update", resource, namespace, name))
        if why_not:
            self.report(printable(why_not), "bad")
            return
        editor = editor_for(app, self.session, resource.kind.lower(), name)
        said: tuple[str, Tone]
        try:
            said = await self._edit_in(editor, Edited(self.session.cluster.client, resource, namespace, name))
        except KtyError as error:
            said = printable(error.sentence()), "bad"
        finally:
            editor.close()
        self.report(*said, lasts=True)

    async def _edit_in(self, editor: "Editor", edit: "Edited") -> tuple[str, Tone]:
        """Let the person edit until it is done or given up; return what to say of it. Raises KtyError."""
        text, wrong = await edit.read(), None
        while True:
            after = await editor.edit(text, wrong)
            if after is None:
                is_told = wrong is None or editor.stays  # who throws a text away has read what is wrong with it
                return "nothing is changed" if is_told else f"nothing is changed: {printable(str(wrong))}", "warn"
            text, wrong = after, None
            try:
                match await self._try_and_put(edit, text):
                    case "put":
                        return printable(f"{edit.resource.kind.lower()} {edit.name} is changed"), ""
                    case "the same":
                        return "nothing is changed", "warn"
                    case _ if not editor.stays:
                        return "", ""
            except KtyError as error:  # the person goes on with what they wrote; leaving it as it is gives it up
                text, wrong = edit.again(text), error

    async def _try_and_put(self, edit: "Edited", text: str) -> Literal["put", "the same", "unwanted"]:
        """Show what a text would change, and put it there where the person wants it. Raises KtyError."""
        from kty.screens.editing import DifferenceScreen

        is_text = edit.take(text)
        while is_text and await edit.try_out():
            if await self.app.push_screen_wait(DifferenceScreen(edit)) is None:
                return "unwanted"
            if await edit.put():
                return "put"
        return "the same"

    async def _do(self, action: Action, target: Target, typed: str) -> None:
        """Do it, whatever is on screen meanwhile, and say how it went where the person is then."""
        said: tuple[str, Tone]
        try:
            said = await self._run(action, target, typed), ""
        except KtyError as error:
            said = error.sentence(), "bad"
        else:
            self._did(target)
        self._frame.report(printable(said[0]), said[1], lasts=True)

    async def _run(self, action: Action, target: Target, typed: str) -> str:
        """Do it and tell how it goes; return what was done."""
        step = ""
        async with aclosing(action.run(self.session.cluster.client, target, typed)) as steps:
            async for step in steps:
                self._frame.say(printable(step), "busy")
        return step

    def _did(self, target: Target) -> None:
        """Hear that something was done to an object."""

    @property
    def _frame(self) -> Frame:
        """The screen that the person looks at, as far as it can say something."""
        screen = self.app.screen
        return screen if isinstance(screen, Frame) else self
