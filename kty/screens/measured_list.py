"""A list whose rows say what they use, with a line about the one under the cursor."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual.widget import Widget

from kty.kube.objects import Key
from kty.screens.gauges import Gauges
from kty.screens.live_list import LiveList
from kty.views.usage import LEGEND, Measured, sayings, tone_of_usage
from kty.views.view import Column, Tone
from kty.widgets.meter_bar import Meter, MeterBar

ENOUGH = 12
"""Lines of a terminal that has one to spare."""
WIDE = 140
"""Columns of a terminal that has room for a sentence beside what is well."""


class MeasuredList(LiveList):
    """What is measured comes and goes by itself, and the list is the same without it."""

    _metered: tuple[object, ...] = ()
    """What the meters show, and of when."""

    def compose_body(self) -> Iterable[Widget]:
        yield from super().compose_body()
        self._bar = MeterBar()
        yield self._bar

    def _take_columns(self) -> None:
        super()._take_columns()
        source, rows = self._source, self._rows
        if source is None or rows is None:
            return
        gauges = source.gauges
        is_there = gauges is not None and gauges.is_present
        if rows.join(gauges.reading if gauges is not None and is_there else None):
            self._apply_filter()
        self._reread()
        self._show_meters()

    def on_mount(self) -> None:
        self.watch(self._table, "pointed", self._show_meters, init=False)  # at once: both are one frame

    def tick(self) -> None:
        is_waiting = self._source is not None and self._source.gauges is not None and self._source.gauges.is_waiting
        if not is_waiting:
            self._reread()
        super().tick()
        if not is_waiting:
            self._show_meters()

    def _reread(self) -> None:
        """Draw all lines anew where what was read off is another, or is old by now."""
        source, rows = self._source, self._rows
        if source is not None and source.gauges is not None and rows is not None and rows.reread(source.gauges.state):
            self._table.refresh_lines()  # nothing flashes: all of them change, all the time

    def _show_meters(self) -> None:
        """Draw what the object under the cursor uses and used."""
        bar = self._bar
        source, rows, key = self._source, self._rows, self._key
        if source is None or rows is None or source.gauges is None or not source.gauges.revision:
            if rows is None or source is not None:  # while others cover it, it stays as it is
                bar.display = False
            return
        if bar.display is not (is_shown := source.gauges.is_present and self.outer_size.height >= ENOUGH):
            bar.display = is_shown
        metered = (key, None if key is None else rows.row(key), source.gauges.state, rows.wide)
        if metered == self._metered:
            return
        self._metered = metered
        bar.show([] if key is None else self._meters(source.gauges, rows.joined(key), key))

    def _meters(self, gauges: Gauges, joined: Iterable[tuple[Column, Any]], key: Key) -> list[Meter]:
        found: dict[str, Meter] = {}
        for column, value in joined:
            if isinstance(value, Measured) and value.measure not in found:  # the others show the same in another way
                samples, full = gauges.samples(key, value.measure), value.request or value.limit or 0.0
                found[value.measure] = Meter(column.title, samples, full, sayings(value), tone_of_usage(value))
        return [*found.values()]

    def legend(self) -> Sequence[tuple[str, str]]:
        gauges = self._source.gauges if self._source is not None else None
        return LEGEND if gauges is not None and gauges.is_present else ()

    def truth(self) -> tuple[str, Tone]:
        text, tone = super().truth()
        source = self._source
        if source is None or source.gauges is None or tone != "good":
            return text, tone  # what is wrong with the list comes first
        said, is_well = source.gauges.truth()
        if not said or (is_well and self._said is not None and self.size.width < WIDE):
            return text, tone
        return (f"{text}, {said}", tone) if is_well else (f"{text}; {said}", "warn")
