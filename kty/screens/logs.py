"""The logs of containers: what a person can do with them."""

from datetime import datetime
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import work
from textual.binding import Binding, BindingType

from kty.screens import log_look
from kty.screens.copying import copy
from kty.screens.live_log import LiveLog
from kty.screens.log_look import TAIL
from kty.term.clipboard import LARGEST
from kty.text import decode, printable
from kty.views.logs import all_containers
from kty.widgets.log_text import TIMES
from kty.widgets.prompt import Prompt

_LEVELS = ("", "info", "warn", "error")
_FIELDS = "fields "


class LogScreen(LiveLog):
    """Shows what containers print, and what a person looks for in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="search", priority=True),
        Binding("ampersand", "filter", "filter", id="logs.filter", priority=True),
        Binding("s", "pause", "stop and follow", id="logs.pause"),
        Binding("w", "wrap", "wrap", id="logs.wrap"),
        Binding("t", "times", "times", id="logs.times"),
        Binding("L", "level", "level", id="logs.level"),
        Binding("J", "pretty", "json", id="logs.pretty"),
        Binding("F", "fields", "pick fields", id="logs.fields", show=False),
        Binding("ctrl+s", "save", "save", id="logs.save"),
        Binding("c", "copy", "copy lines", id="logs.copy", show=False),
        Binding("C", "clear", "clear", id="logs.clear", show=False),
        Binding("m", "mark", "mark this moment", id="logs.mark", show=False),
        Binding("o", "names", "names on and off", id="logs.names", show=False),
        Binding("a", "all_containers", "all containers", id="logs.all-containers", show=False),
        Binding("p", "previous", "the run before, and back", id="logs.run-before", show=False),
        Binding("0", "since(0)", f"the last {TAIL:,} lines", id="logs.tail", show=False),
        Binding("1", "since(-1)", "from the beginning", id="logs.head", show=False),
        Binding("2", "since(1)", "since 1 min ago", id="logs.since-1m", show=False),
        Binding("3", "since(5)", "since 5 min ago", id="logs.since-5m", show=False),
        Binding("4", "since(15)", "since 15 min ago", id="logs.since-15m", show=False),
        Binding("5", "since(30)", "since 30 min ago", id="logs.since-30m", show=False),
        Binding("6", "since(60)", "since 1 h ago", id="logs.since-1h", show=False),
        Binding("f", "header", "full screen", id="logs.full", show=False),
    ]

    _was_pretty = False
    """Whether lines were shown by their fields before some of these were picked."""

    # Search, filter, fields

    def action_search(self) -> None:
        """Ask for what to search."""
        self._prompt.open("/", self._search)

    def action_filter(self) -> None:
        """Ask for what to show."""
        self._prompt.open("&", self._filter)

    def action_fields(self) -> None:
        """Ask for the fields to show of JSON and logfmt."""
        self._prompt.open(_FIELDS, " ".join(self._view.look.fields))

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        match event.sign:
            case "/":
                self._search_for(event.text)
            case "&":
                self._filter = event.text
                self._apply_filter()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        match event.sign:
            case "/":
                if event.text != self._search:
                    self._search_for(event.text)
                self.close_prompt()
            case "&":
                self._filter = event.text.strip()
                self._apply_filter()
                self.close_prompt()
            case "fields ":
                self._pick(tuple(event.text.replace(",", " ").split()))
                self.close_prompt()

    def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        match event.sign:
            case "/":
                self._search_for("")
                self.close_prompt()
            case "&":
                self._filter = ""
                self._apply_filter()
                self.close_prompt()
            case "fields ":
                self.close_prompt()

    def _pick(self, fields: tuple[str, ...]) -> None:
        """Show only these fields; of none, lines are shown again as they were before."""
        look = self._view.look
        if fields and not look.fields:
            self._was_pretty = look.pretty
        self._look(fields=fields, pretty=bool(fields) or (self._was_pretty if look.fields else look.pretty))

    def action_level(self) -> None:
        """Show only lines that are at least so bad; another level each time, and at last all again."""
        self._level = _LEVELS[(_LEVELS.index(self._level) + 1) % len(_LEVELS)]
        self._apply_filter()

    def action_back(self) -> None:
        if self._view.selection:
            self._view.clear_selection()
        elif self._search:
            self._search_for("")
        elif self._filter or self._level:
            self._filter = self._level = ""
            self._apply_filter()
        else:
            super().action_back()

    # How lines are shown

    def action_pause(self) -> None:
        """Stand still, or follow again."""
        if self._view.is_following:
            self._view.pause()
        else:
            self._view.follow()

    def action_wrap(self) -> None:
        self._look(wrap=not self._view.look.wrap)

    def action_times(self) -> None:
        """Show times: none, UTC, local, and how long ago."""
        at = TIMES.index(self._view.look.times)
        self._look(times=TIMES[(at + 1) % len(TIMES)])

    def action_pretty(self) -> None:
        """Show lines of JSON and logfmt by their fields, or as they came."""
        self._look(pretty=not self._view.look.pretty, fields=())

    def action_names(self) -> None:
        self._look(names=not self._view.look.names)

    def _look(self, **changes: Any) -> None:
        """Show lines in another way, and remember it."""
        self._view.change_look(**changes)
        log_look.remember_look(self.session.state, self._view.look)

    # What is read

    async def action_since(self, minutes: int) -> None:
        """Read the last lines (0), all of them (-1), or those of the last minutes."""
        self._since = log_look.said(minutes)
        log_look.remember_minutes(self.session.state, minutes)
        start = log_look.start(minutes, self.session.clock.now(), previous=self._destination.previous)
        await self._reopen(self._destination, start)

    async def action_previous(self) -> None:
        """Read the run before this one, or this one again."""
        previous = not self._destination.previous
        minutes = log_look.LATEST if previous else log_look.minutes_of(self.session.state)
        self._since = log_look.said(minutes)
        start = log_look.start(minutes, self.session.clock.now(), previous=previous)
        await self._reopen(replace(self._destination, previous=previous), start)

    async def action_all_containers(self) -> None:
        """Read all containers of the pods."""
        if self._destination.containers:
            await self._reopen(all_containers(self._destination), self._start)

    def action_clear(self) -> None:
        """Forget the lines that came."""
        self._forget()

    def action_mark(self) -> None:
        """Put a line between what came before and what comes now."""
        now = self.session.clock.now()
        self._note(0, f"marked {datetime.fromtimestamp(now):%H:%M:%S}", int(now * 1e9))  # noqa: DTZ006 - the person's own
        self._show()

    # Taking lines elsewhere

    def action_copy(self) -> None:
        """Copy the lines that are chosen, else those on screen, to the clipboard of the person's terminal."""
        view = self._view
        texts: list[str] = []
        room = LARGEST  # no more is read than could be copied
        for line in view.selected_lines() if view.selection else view.lines_on_screen():
            texts.append(f"{decode(line.text)}\n")
            room -= len(texts[-1])
            if room < 0:
                break
        if texts:
            what = f"{len(texts):,} lines" if len(texts) > 1 else "1 line"
            copy(self, "".join(texts), what if room >= 0 else "what is chosen", counted=False)

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Write the lines that are shown to a file; copy them where the person sits at another machine."""
        from kty.screens.log_saving import place_for, save
        from kty.term.app import TerminalApp

        if isinstance(self.app, TerminalApp) and self.app.terminal.remote:
            self._save_elsewhere(self.app.terminal.transport.server)
            return
        view, session = self._view, self.session
        try:
            path = place_for(session.context, self.title_text(), session.clock.now())
            self.say("saving…")
            count = await save(view.wanted_lines(), path, view.names, times=view.look.times != "off")
        except OSError as error:
            self.report(f"not saved: {printable(error.strerror or str(error))}", "bad", lasts=True)
            return
        self.report(f"saved {count:,} lines to {printable(str(path))}", "good", lasts=True)

    def _save_elsewhere(self, server: tuple[str, int] | None) -> None:
        """Copy the lines that are shown, or where those are too many the command that saves them."""
        from kty.screens.log_elsewhere import command, copied

        view, has_times = self._view, self._view.look.times != "off"
        if (found := copied(view.wanted_lines(), view.names, times=has_times)) is not None:
            text, count = found
            if text:
                copy(self, text, f"{count:,} line{'s' * (count > 1)}: paste them into a file of yours", counted=False)
            else:
                self.say("there is nothing to save")
            return
        since = self._start.since
        said = command(
            server,
            self._group.sources if self._group is not None else (),
            previous=self._destination.previous,
            times=has_times,
            seconds=self.session.clock.now() - since.timestamp() if since is not None else None,
        )
        if not said:
            self.say("there is nothing to save")
            return
        self.app.copy_to_clipboard(said)
        without = ", without the filter" * bool(self._filter or self._level)
        most = f"{LARGEST // 1024} KiB"
        self.report(
            f"more than the {most} that a clipboard takes; copied what saves it{without}: {printable(said)}",
            "warn",
            lasts=True,
        )
