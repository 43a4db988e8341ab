"""Shells where containers run: going in, leaving one in the background, and coming back."""

from tests.cluster.browsing import Person, row
from tests.cluster.place import PODS
from tests.stories.town import Town


async def printed(me: Person, *texts: bytes, since: int = 0) -> None:
    """Wait until the terminal was sent all of these."""
    await me.until(lambda: all(text in b"".join(me.terminal.frames[since:]) for text in texts), f"printing {texts}")


async def goes_in(me: Person) -> int:
    """Press `s`, and return how many frames there were before."""
    before = len(me.terminal.frames)
    me.send(b"s")
    await printed(me, b"ctrl-] leaves it", since=before)
    return before


async def test_a_shell_goes_on_in_the_background_and_ends_with_its_status(town: Town) -> None:
    await town.runs("runs")
    async with town.sit() as me:
        await me.until(lambda: row(me, "runs")[1:3] == ["1/1", "Running"], "a running pod")
        before = await goes_in(me)
        me.send(b"MINE=$((6*7)); echo is-$MINE\r")
        await printed(me, b"is-42", since=before)
        me.send(b"\x1d")
        await me.sees("It goes on in the background")
        await me.press("escape")
        await me.sees("Running")
        before = await goes_in(me)
        me.send(b"echo still-$MINE\r")
        await printed(me, b"still-42", since=before)
        me.send(b"exit 7\r")
        await me.sees("It ended with 7")


async def test_a_pod_that_goes_while_somebody_is_in_its_shell(town: Town) -> None:
    await town.runs("runs")
    async with town.sit() as me:
        await me.until(lambda: row(me, "runs")[1:3] == ["1/1", "Running"], "a running pod")
        await goes_in(me)
        await town.place.remove(PODS, "runs")
        await me.sees("pod runs was deleted")
        await me.press("escape")
        await me.sees("no pods in")
