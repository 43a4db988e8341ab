"""What is printed goes where it belongs, however many apps come and go."""

import io
import logging
import sys

import pytest
from textual import events

from kty.term import output
from kty.term.memory import MemoryTerminal
from tests.sitting import sitting_at
from tests.term.apps import Counter


def instead_of_stdout(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Put a stream in place of stdout; a fixture could not, because pytest does so itself between it and the test."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


async def test_stdout_survives_apps_that_end_in_the_order_they_began(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = instead_of_stdout(monkeypatch)
    apps = [Counter(MemoryTerminal()) for _ in range(3)]
    running = [app.start() for app in apps]
    async with sitting_at(Counter):
        for app, task in zip(apps, running, strict=True):
            app.exit()
            await task
            sys.stdout.write("after an end, ")
    sys.stdout.write("after all")
    assert stdout.getvalue() == "after an end, " * 3 + "after all"


async def test_an_app_that_captures_prints_gets_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = instead_of_stdout(monkeypatch)

    class Capturing(Counter):
        printed = ""

        def on_mount(self) -> None:
            self.begin_capture_print(self)

        def on_print(self, event: events.Print) -> None:
            self.printed += event.text

    async with sitting_at(Capturing) as alice, sitting_at(Capturing) as bob, sitting_at(Counter) as carol:
        await alice.press("p")
        await carol.press("p")
        await alice.until(lambda: alice.app.printed)
        assert alice.app.printed == "printed by an app\n"
        assert bob.app.printed == ""
    assert stdout.getvalue() == "printed by an app\n", "what nobody captures goes where it always went"


async def test_nothing_printed_reaches_a_terminal_that_shows_an_app(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = instead_of_stdout(monkeypatch)
    with output.muted():
        print("from nowhere")  # noqa: T201
        async with sitting_at(Counter) as me:
            await me.press("p")
    print("afterwards")  # noqa: T201
    assert stdout.getvalue() == "afterwards\n"


def test_what_is_muted_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    stdout = instead_of_stdout(monkeypatch)
    with output.muted(), caplog.at_level(logging.WARNING):
        sys.stdout.writelines(["a warning\n", "\n"])
    assert [record.message for record in caplog.records] == ["a warning"]
    assert stdout.getvalue() == ""


def test_a_log_that_prints_does_not_go_round_in_circles(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = instead_of_stdout(monkeypatch)
    with output.muted():
        handler = logging.StreamHandler(sys.stdout)
        log = logging.getLogger("kty.printed")
        log.addHandler(handler)
        try:
            print("once")  # noqa: T201
        finally:
            log.removeHandler(handler)
    assert stdout.getvalue() == ""


def test_a_process_without_output_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert output.guard()[0] is None


def test_the_guarded_stream_is_a_stream_like_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = instead_of_stdout(monkeypatch)
    guarded = output.guard()[0]
    assert guarded is sys.stdout
    guarded.write("x")
    assert stdout.getvalue() == "x"
    assert output.guard()[0] is guarded
    assert not guarded.isatty()
    guarded.flush()
