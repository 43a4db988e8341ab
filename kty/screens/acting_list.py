"""Lists of objects to which something can be done: to the one under the cursor, or to all that are marked."""

from contextlib import aclosing

from textual import work

from kty.kube.objects import Key, Object
from kty.kube.resource import Resource
from kty.screens.acting import Acting
from kty.screens.marking import MarkingList
from kty.screens.measured_list import MeasuredList
from kty.text import printable
from kty.views.actions import DELETE, Action, Target


class ActingList(Acting, MarkingList, MeasuredList):
    """A list with the actions of its kind."""

    @property
    def _actions(self) -> tuple[Action, ...]:
        source = self._source
        if source is None or source.resource is None or source.view.id != source.resource.id:
            return ()  # parts of an object are no objects
        return (*source.view.actions, DELETE)

    def _pointed(self) -> tuple[Resource, Key] | None:
        source, key = self._source, next(iter(self._chosen), None)
        return None if source is None or source.resource is None or key is None else (source.resource, key)

    def _pointed_object(self) -> Object | None:
        source, key = self._source, next(iter(self._chosen), None)
        return None if source is None or key is None else source.whole(key)

    def action_act(self, name: str) -> None:
        """Do this to the marked objects, or to the one under the cursor, once the person says so."""
        source, keys = self._source, self._chosen
        action = next((each for each in self._actions if each.id == name), None)
        if len(keys) < 2 or source is None or source.resource is None or action is None:
            super().action_act(name)
            return
        objects = [obj for key in keys if (obj := source.whole(key)) is not None]
        if not objects:
            self.say("it is gone", "warn")
        elif action.says_many is None and self.say_one_only(action.title):
            return
        elif self.may_change(f"it will not {action.title}"):
            targets = [Target(source.resource, obj) for obj in objects]
            if len(targets) == 1:
                self._ask(action, targets[0])
            else:
                self._ask_for_many(action, targets)

    def action_edit(self) -> None:
        """Change the object in the person's editor."""
        if not self.say_one_only("edit"):
            super().action_edit()

    @work(exclusive=True, group="act")
    async def _ask_for_many(self, action: Action, targets: list[Target]) -> None:
        from kty.screens.confirm import ConfirmScreen
        from kty.screens.many import left_out, says, sort_out

        may, why_not = await sort_out(action, targets, self.session.cluster.access)
        if not may:
            self.report(printable(left_out(why_not)), "bad")
            return
        screen = ConfirmScreen(
            action.title,
            lambda typed: says(action, may, why_not, typed),
            action.checks,
            asks=action.asks,
            proposes=action.proposes(may[0]),
        )
        typed = await self.app.push_screen_wait(screen)
        if typed is not None:
            self.app.run_worker(self._do_to_many(action, may, typed), group="doing", exit_on_error=False)

    async def _do_to_many(self, action: Action, targets: list[Target], typed: str) -> None:
        """Do it to a few at a time; those that it was done to are unmarked, so that the others can be tried again."""
        from kty.screens.many import run_all, tells

        failed: list[tuple[Target, str]] = []
        done = 0
        self._frame.say(f"{action.title}: 0 of {len(targets):,} done", "busy")
        async with aclosing(run_all(action, self.session.cluster.client, targets, typed)) as outcomes:
            async for target, error in outcomes:
                done += 1
                if error:
                    failed.append((target, error))
                else:
                    self._did(target)
                more = f", {len(failed):,} failed" if failed else ""
                self._frame.say(f"{action.title}: {done:,} of {len(targets):,} done{more}", "busy")
        self._frame.report(printable(tells(action, targets, failed)), "bad" if failed else "", lasts=True)

    def _did(self, target: Target) -> None:
        key = target.namespace, target.name
        if key in self._marks:
            self._marks.discard(key)
            if self.is_attached:
                self._show_marks()
