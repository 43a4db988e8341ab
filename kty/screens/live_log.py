"""Lines of logs that are live: where they come from, and what is said about them."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kty.errors import KtyError, UsageError
from kty.runtime.log_follower import LogStart
from kty.runtime.log_group import LogGroup
from kty.runtime.log_merge import LogMerge
from kty.screens import log_look
from kty.screens.feed import FRAME, Feed
from kty.screens.frame import Frame
from kty.screens.log_pods import open_logs
from kty.screens.log_words import names, nothing, stand
from kty.screens.session import Namespaces, Session
from kty.screens.truth import trouble, truth
from kty.text import printable
from kty.views.view import Logs, Tone
from kty.widgets.log_filter import LogFilter, parse, phrase
from kty.widgets.log_ring import MIB, LogRing
from kty.widgets.selectable_log import SelectableLog


class LiveLog(Frame):
    """Keeps the lines of a destination coming, while it is on screen and while others cover it."""

    class Arrived(Message, bubble=False):
        """There are new lines, or it stands otherwise with their sources."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LiveLog.Arrived)

    def __init__(self, session: Session, destination: Logs, where: str = "") -> None:
        """`where` is the namespace of the store that has the pod already; empty for none."""
        super().__init__(session)
        self._destination = destination
        self._where = where
        self._ring = LogRing(session.settings.log_mib * MIB)
        look = log_look.look_of(session.state)
        self._view = SelectableLog(self._ring, now=session.clock.now, empty="…", look=look)
        self._cleared = 0
        """The number of the first line since all were cleared."""
        minutes = log_look.LATEST if destination.previous else log_look.minutes_of(session.state)
        self._start = log_look.start(minutes, session.clock.now(), previous=destination.previous)
        self._since = log_look.said(minutes)
        self._feed: Feed | None = None
        self._group: LogGroup | None = None
        self._merge: LogMerge | None = None
        self._failure: KtyError | None = None
        self._filter = destination.lines
        self._search = ""
        self._level = ""
        self._mistake = ""
        self._told = -FRAME
        self._is_waited_for = True
        """Until there are lines."""
        self._due: asyncio.TimerHandle | None = None

    def compose_body(self) -> Iterable[Widget]:
        yield self._view

    def on_mount(self) -> None:
        if self._filter:
            self._apply_filter()

    def focus_body(self) -> None:
        self.set_focus(self._view)

    # Where the lines come from

    def on_screen_resume(self) -> None:
        self.begin()
        self._show()

    def begin(self) -> None:
        """Let the lines come, if they do not yet; before the screen is there, they are there with it."""
        if self._group is None:
            self._open()

    def on_unmount(self) -> None:
        if self._group is not None:
            self._group.end()
        self._leave()

    def _open(self) -> None:
        self._failure = None
        merge = self._merge = LogMerge(
            self._put, self._note, self._tell, alone=self._is_alone, clock=self.session.clock
        )
        try:
            self._feed, self._group = open_logs(
                self._destination, self.session, self._tell, merge, self._start, self._where
            )
        except KtyError as error:
            self._failure = error

    def _leave(self) -> None:
        """Hear nothing more of the pods and their logs."""
        if self._merge is not None:
            self._merge.close()
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._feed is not None:
            self._feed.close()
        self._feed = self._group = self._merge = None

    async def _reopen(self, destination: Logs, start: LogStart) -> None:
        """Read other logs, or the same from elsewhere on."""
        if self._group is not None:
            await self._group.close()
        self._leave()
        self._destination, self._start = destination, start
        self._forget()
        self._view.names = ()
        self._view.follow()
        self._open()
        self._show()

    def _forget(self) -> None:
        self._ring.clear()
        self._is_waited_for = True
        self._cleared = self._ring.next
        self._apply_filter()

    def _is_alone(self) -> bool:
        return self._group is not None and len(self._group.sources) == 1

    # These three are called by those who read, in a context of theirs: they may post a message and nothing else.

    def _put(self, sources: Sequence[int], lines: Sequence[bytes], times: Sequence[int]) -> None:
        self._ring.extend(sources, lines, times)

    def _note(self, source: int, text: str, at: int) -> None:
        self._ring.note(source, printable(text), at)

    def _tell(self) -> None:
        if self._is_waited_for and len(self._ring):  # the first lines are shown at once
            self._is_waited_for = False
            self._told = -FRAME
            if self._due is not None:
                self._due.cancel()
                self._due = None
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(max(0.0, self._told + FRAME - loop.time()), self._speak)

    def _speak(self) -> None:
        self._due = None
        self._told = asyncio.get_running_loop().time()
        self.post_message(self.Arrived())

    def on_live_log_arrived(self) -> None:
        self._show()

    def _show(self) -> None:
        view, group = self._view, self._group
        if self._failure is not None:
            view.empty = printable(self._failure.sentence())
        if group is not None:
            view.names = names(group.sources)
            if not len(self._ring):
                statuses = () if self._feed is None else self._feed.statuses
                view.empty = trouble(statuses, "pods") or nothing(
                    group.sources, is_complete=group.is_complete, since=self._since
                )
        self._say_none()
        view.refresh_lines()

    def _say_none(self) -> None:
        """Where there are lines, but none gets through the filter, say so."""
        if total := len(self._ring):
            is_complete = self._view.passing[1]
            self._view.empty = f"none of {total:,} line{'s' * (total > 1)} matches" if is_complete else "looking…"

    def on_log_view_changed(self) -> None:
        self._say_none()
        self.show_truth()

    def tick(self) -> None:
        self._view.tick()
        super().tick()

    # What is said

    @property
    def namespaces(self) -> Namespaces:
        lists = (self._destination.pods, *self._destination.more)
        named = tuple(dict.fromkeys([each.namespace for each in lists if each.namespace is not None]))
        return self.session.namespaces if not named else () if "" in named else named

    def title_text(self) -> str:
        pods, containers = self._destination.pods, self._destination.containers
        of = pods.title or pods.labels or "pods"
        return printable(" ".join(["logs of", of, ", ".join(containers)]).strip())

    def counts(self) -> Content:
        view = self._view
        parts: list[str | tuple[str, str]] = [(self.title_text(), "bold $foreground")]
        more = ("the run before" * self._destination.previous, self._since, self._destination.filter)
        parts += [(f"  {printable(said)}", "$foreground 60%") for said in more if said]
        passing, is_complete = view.passing
        total = f"{len(self._ring):,} line{'s' * (len(self._ring) != 1)}"
        if self._filter or self._level:
            parts.append(f"  {passing:,}{'' if is_complete else '…'} of {total}")
        else:
            parts.append(f"  {total}")
        if view.selection:
            parts.append((f"  {view.chosen:,} chosen", "$text-accent"))
        if (gone := self._ring.first - self._cleared) > 0:
            parts.append((f"  {gone:,} older ones dropped", "$text-warning"))
        if gaps := sum(source.gaps for source in self._group.sources) if self._group is not None else 0:
            parts.append((f"  {gaps:,} gap{'s' * (gaps > 1)}", "$text-warning"))
        if self._mistake:
            parts.append((f"  {self._mistake}", "$text-error"))
        else:
            wanted = " ".join(filter(None, (self._filter, f"level>={self._level}" * bool(self._level))))
            if wanted:
                parts.append((f"  &{printable(wanted)}", "$text-accent"))
            if self._search:
                parts.append((f"  /{printable(self._search)} {view.found}", "$text-accent"))
        return Content.assemble(*parts)

    def truth(self) -> tuple[str, Tone]:
        group, feed = self._group, self._feed
        if group is None or feed is None:
            return (printable(self._failure.sentence()), "bad") if self._failure else ("", "")
        now = self.session.clock.monotonic()
        pods, pods_tone = truth(feed.statuses, now, "pods")
        if not group.sources:
            return ("no pods", "warn") if pods_tone == "good" and group.is_complete else (pods, pods_tone)
        said, tone = stand(group.sources, group.most, now)
        if not self._view.is_following:
            new = self._view.new
            said = f"paused, {new:,} new" if tone == "good" else f"paused, {new:,} new; {said}"
            tone = "busy" if tone == "good" else tone
        if pods_tone in ("warn", "bad") and tone not in ("warn", "bad"):  # else it is the same trouble, most likely
            return f"{said}; pods: {pods}", pods_tone
        return said, tone

    # What is searched for, and what is let through

    def _search_for(self, text: str) -> None:
        self._search = text
        self._view.search(self._read(phrase, text))
        self.show_truth()

    def _apply_filter(self) -> None:
        level = f"level>={self._level}" * bool(self._level)
        self._view.filter_by(self._read(parse, f"{self._filter} {level}"))
        self.show_truth()

    def _read(self, read: Callable[[str], LogFilter | None], text: str) -> LogFilter | None:
        """Read what was typed; a mistake is said, and lets everything through."""
        self._mistake = ""
        try:
            return read(text)
        except UsageError as mistake:
            self._mistake = mistake.sentence()
            return None
