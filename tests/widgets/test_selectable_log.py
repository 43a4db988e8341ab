"""Lines of a log that are chosen, while others come and go."""

from textual.app import App, ComposeResult

from kty.widgets.log_filter import parse
from kty.widgets.log_ring import LogRing
from kty.widgets.selectable_log import SelectableLog


class LogApp(App[None]):
    def compose(self) -> ComposeResult:
        self.ring = LogRing(4096)
        self.view = SelectableLog(self.ring)
        yield self.view


async def test_choosing_more_of_what_has_gone_since_it_was_drawn_chooses_nothing() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 8)):
        app.ring.append(0, [b"error %d" % number for number in range(5)], [1] * 5)
        app.view.filter_by(parse("error"))
        app.view.action_extend(-1)
        app.view.action_extend(-1)
        app.ring.append(0, [b"x" * 100] * 60, [1] * 60)
        assert app.ring.first > 5
        app.view.action_extend(-1)
        app.view.action_extend(1)
