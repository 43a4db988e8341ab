"""How one object came to be what it is: what changed since kty watches it, newest first, as differences of its YAML."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType

from kty.kube.objects import Key, epoch
from kty.kube.resource import Resource
from kty.runtime.history import LARGEST, STATES, Past, Step
from kty.screens.copying import copy
from kty.screens.object_screen import ObjectScreen
from kty.screens.session import Session
from kty.screens.truth import trouble
from kty.text import printable
from kty.views.ages import age
from kty.views.changes import Change, change_of
from kty.views.said import text
from kty.views.view import Tone
from kty.widgets.line_diff import hunks
from kty.widgets.page_painter import EDGE, PageLine
from kty.widgets.page_view import PageView
from kty.widgets.yaml_outline import Outline

MOST_LINES = 400
"""Lines that one change shows at most."""
_INKS = {"+": "good", "-": "bad", " ": ""}


class HistoryScreen(ObjectScreen):
    """The timeline of an object. It goes on while it is looked at, and stays when the object is deleted."""

    SHOWN_BY = PageView

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yaml", "yaml", id="history.yaml"),
        Binding("d", "describe", "describe", id="history.describe"),
        Binding("c", "copy", "copy", id="history.copy"),
        Binding("H", "back", "back", id="history.back", show=False),
    ]

    _shows: PageView

    def __init__(self, session: Session, resource: Resource, key: Key, where: str = "") -> None:
        super().__init__(session, resource, key, where)
        self._past = Past()
        self._watched_since: float | None = None
        self._made: dict[int, tuple[Change, list[PageLine]]] = {}
        """What each step looks like, beneath its first line."""

    def _follow(self) -> None:
        super()._follow()
        self._recall()

    def tick(self) -> None:
        if self.is_current:
            self._recall()  # ages grow, and what is oldest may have to go
        super().tick()

    def _recall(self) -> None:
        """Bring the timeline up to date."""
        store = self._store
        if store is None:
            return
        self._past = store.past(self._object_key)
        self._watched_since = store.watched_since
        before = self._made
        self._made = {step.serial: before.get(step.serial) or self._laid_out(step) for step in self._past.steps}
        self._shows.show(list(self._lines(self.session.clock.now())))
        self.show_truth()

    def _laid_out(self, step: Step) -> tuple[Change, list[PageLine]]:
        change = change_of(step, self._resource)
        return change, _difference(change.before, change.after)

    def _lines(self, now: float) -> Iterator[PageLine]:
        for change, difference in self._made.values():
            yield from _head(change, now, self.size.width - 2 * EDGE)
            yield from difference
            yield ()
        yield from self._end(now)

    def _end(self, now: float) -> Iterator[PageLine]:
        """Yield how far back this goes, and why no further."""
        since, let_go, made = self._watched_since, self._past.let_go, self._made
        if since is None:
            reason = trouble(self._feed.statuses, self._resource.plural) if self._feed is not None else ""
            yield ((reason or "kty does not watch it yet", "bad" if reason else "dim"),)
            return
        if let_go is not None:
            bound = f"{LARGEST // 1024**2} MiB hold no more" if self._past.for_room else f"the last {STATES} are kept"
            yield ((f"what changed until {_clock(let_go, now)} was let go: {bound}", "warn"),)
        created = epoch(text(self._object or {}, "metadata", "creationTimestamp"))
        if (
            created is not None
            and created > since
            and let_go is None
            and not any(_is_made(one) for one, _ in made.values())
        ):
            yield ((f"created {_clock(created, now)}, {age(now - created)} ago", "good"),)
        watched = f"watched since {_clock(since, now)}, for {age(now - since)}"
        yield ((watched if made or let_go is not None else f"{watched}: nothing has changed since then", "dim"),)

    # What is said

    def notes(self) -> str:
        count = len(self._made)
        return "1 change" if count == 1 else f"{count or 'no'} changes"

    def truth(self) -> tuple[str, Tone]:
        said, tone = super().truth()
        if self._is_gone and tone == "bad" and self._past.steps and self._past.steps[0].after is None:
            return f"deleted {_clock(self._past.steps[0].at, self.session.clock.now())}", "bad"
        return said, tone

    def action_copy(self) -> None:
        """Copy the timeline to the clipboard of the person's terminal."""
        copy(self, self._shows.text, f"the history of {self.title_text()}")


def _is_made(change: Change) -> bool:
    return change.what == "made again"


def _head(change: Change, now: float, width: int) -> Iterator[PageLine]:
    clock, ago = f"{_clock(change.at, now)}  ", f"{age(now - change.at)} ago"
    when = ((clock, "name"), (f"{ago:<12}", "dim"))
    what, by = printable(change.what), printable(f"by {', '.join(change.by)}") if change.by else ""
    if not by or len(clock) + 12 + len(what) + 2 + len(by) <= width:
        yield (*when, (what, change.tone), (f"  {by}", "dim"))
    else:
        yield (*when, (what, change.tone))
        yield ((" " * len(clock), ""), (by, "dim"))


def _clock(at: float, now: float) -> str:
    """Return a moment as the person's own clock shows it, with the day where that is long ago."""
    moment = datetime.fromtimestamp(at).astimezone()
    return f"{moment:%H:%M:%S}" if now - at < 12 * 3600 else f"{moment:%Y-%m-%d %H:%M:%S}"


def _difference(before: str, after: str) -> list[PageLine]:
    if not before or not after:
        return []
    old, outline = Outline(before).lines, Outline(after)
    lines: list[PageLine] = []
    for hunk in hunks(old, outline.lines):
        lines.append((("  @@ ", "title"), (printable(_place(outline, hunk.line)), "title")))
        lines += [((f"  {sign} ", _INKS[sign]), (_plain(line), _INKS[sign])) for sign, line in hunk.lines]
    if (rest := len(lines) - MOST_LINES) > 0:
        lines[MOST_LINES:] = [((f"    … and {rest:,} more lines", "warn"),)]
    return lines


def _place(outline: Outline, line: int) -> str:
    """Return what leads to a line: `spec.template.spec.containers[0]`."""
    if line >= len(outline.lines):
        return ""
    path: Sequence[str] = outline.path(line)[:-1]
    steps = [f"[{step}]" if step.isdecimal() else f".{step}" for step in path]
    return "".join(steps).removeprefix(".")


def _plain(line: str) -> str:
    return printable(line.expandtabs(4) if "\t" in line else line)
