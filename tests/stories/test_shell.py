"""`s` gets a person into a container, on their own terminal, and back."""

import asyncio

from kty.term import modes
from tests.rigged.looking import row_under_cursor
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.term.emulator import left_on


async def prints(me: Seat, text: str, since: int = 0) -> None:
    """Wait until the terminal was sent this text."""
    await me.until(lambda: text.encode() in b"".join(me.terminal.frames[since:]), f"printing {text!r}")


async def finds(me: Seat, name: str) -> None:
    """Put the cursor on the first row of this name."""
    await me.press("/", *name, "enter")
    await me.until(lambda: name in row_under_cursor(me), f"the cursor on {name}")


async def goes_in(me: Seat) -> int:
    """Press `s`, and return how many frames there were before."""
    before = len(me.terminal.frames)
    me.send(b"s")
    await prints(me, "ctrl-] leaves it", before)
    return before


async def test_s_opens_a_shell_and_its_end_comes_back_to_the_row(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        name = row_under_cursor(me)
        before = await goes_in(me)
        me.send(b"echo is-$((6*7))\r")
        await prints(me, "is-42", before)
        me.send(b"exit\r")
        await me.sees("Running")
        assert row_under_cursor(me) == name
        assert modes.RESET.encode() in me.terminal.sent


async def test_what_is_left_goes_on_and_is_come_back_to(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        name = row_under_cursor(me)
        before = await goes_in(me)
        me.send(b"MINE=$((6*7))\recho ready\r")
        await prints(me, "ready\r\n", before)
        me.send(b"\x1d")
        await me.sees("It goes on in the background", f"shell in shop/{name}", "running")
        await me.press("escape")
        await me.sees("Running")
        assert row_under_cursor(me) == name
        before = await goes_in(me)
        await prints(me, "echo ready", before)  # what came last is shown again
        me.send(b"echo still-$MINE\r")
        await prints(me, "still-42", before)
        me.send(b"\x1d")
        await me.sees("It goes on in the background")
        await me.press("x")
        await me.sees("Running")
        assert row_under_cursor(me) == name
        before = await goes_in(me)
        me.send(b"echo anew-$MINE.\r")
        await prints(me, "anew-.", before)


async def test_a_shell_hears_how_big_the_window_is(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        before = await goes_in(me)
        me.send(b"stty size\r")
        await prints(me, "30 120", before)
        me.terminal.resized(99, 21)
        me.send(b"\r")
        await me.until(lambda: _asks(me, before, b"21 99"), "the new size")
        me.send(b"exit\r")
        await me.sees("Running")
        await me.until(lambda: me.app.size == (99, 21), "the list in the new size")


def _asks(me: Seat, before: int, size: bytes) -> bool:
    me.send(b"stty size\r")
    return size in b"".join(me.terminal.frames[before:])


async def test_whatever_a_program_leaves_switched_on_is_off_again(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        before = await goes_in(me)
        me.send(b"echo -e '\\033[?1049h\\033[?1003h\\033[?2004h\\033[?1h\\033[>1u'done\r")
        await prints(me, "\x1b[?1003h", before)
        me.send(b"exit\r")
        await me.sees("Running")
        after = b"".join(me.terminal.frames[before:])
        assert after.rindex(b"\x1b[?1003l") > after.rindex(b"\x1b[?1003h")
    assert left_on(me.terminal.sent) <= {"kitty"}


async def runs(me: Seat, line: str) -> int:
    """Press `x`, type a line, and return how many frames there were before."""
    await me.press("x")
    await me.sees("command to run in")
    await me.pastes(line)
    before = len(me.terminal.frames)
    me.send(b"\r")
    return before


async def test_x_runs_a_command_and_what_it_printed_stays_until_a_key(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        name = row_under_cursor(me)
        before = await runs(me, "echo 'is  one' \"$HOME\"")
        await prints(me, "is  one $HOME", before)  # no shell is around it
        await prints(me, "It ended with 0; any key goes back", before)
        for _ in range(20):  # whatever else the app would do by now
            await asyncio.sleep(0)
        assert modes.RESET.encode() not in b"".join(me.terminal.frames[before:])
        me.send(b" ")
        await me.sees("Running")
        assert row_under_cursor(me) == name
        before = await runs(me, "sh -c 'exit 7'")
        await prints(me, "It ended with 7; any key goes back", before)
        me.send(b"\r")
        await me.sees("It ended with 7. Enter starts it anew.", "sh -c 'exit 7' in shop/")
        await me.press("escape")
        await me.sees("Running")


async def test_a_line_that_is_no_command_is_said_at_the_prompt(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        await me.press("x")
        await me.pastes("echo 'half")
        await me.press("enter")
        await me.sees("a quote has no other half", "$echo 'half")
        await me.pastes("'")
        before = len(me.terminal.frames)
        me.send(b"\r")
        await prints(me, "any key goes back", before)
        me.send(b" ")
        await me.sees("Running")


async def test_the_last_commands_are_offered_also_after_a_restart(desk: Desk) -> None:
    for number in (1, 2):
        async with desk.sit() as me:
            await me.sees("Running")
            await finds(me, "web-")
            if number == 1:
                for line in ("hostname", "echo early", " echo secret"):
                    before = await runs(me, line)
                    await prints(me, "any key goes back", before)
                    me.send(b" ")
                    await me.sees("Running")
            else:
                await me.press("x")
                await me.sees("hostname", "echo early")
                assert "secret" not in me.screen
                await me.press(*"ho")
                await me.press("down", "down")
                before = len(me.terminal.frames)
                me.send(b"\r")
                await prints(me, "hostname in shop/", before)
                await prints(me, "any key goes back", before)
                me.send(b" ")
                await me.sees("Running")


async def test_a_command_that_is_not_there_is_told(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        await runs(me, "nonsense | cat")
        await me.sees("executable file not found", "No shell is around it", "sh -c")
        await me.sees_not("debug container")


async def test_a_command_that_goes_on_is_left_and_come_back_to(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        before = await runs(me, "sh")
        await prints(me, "ctrl-] leaves it", before)
        me.send(b"MINE=$((6*7))\recho ready\r")
        await prints(me, "ready\r\n", before)
        me.send(b"\x1d")
        await me.sees("It goes on in the background", "sh in shop/")
        await me.press("escape")
        before = await runs(me, "sh")
        await prints(me, "echo ready", before)
        me.send(b"echo still-$MINE\r")
        await prints(me, "still-42", before)
        me.send(b"exit\r")
        await prints(me, "any key goes back", before)
        me.send(b" ")
        await me.sees("Running")


async def test_what_ended_while_nobody_looked_is_shown_to_who_comes_back(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        before = await runs(me, "sh -c 'sleep 5; echo last-word; exit 3'")
        await prints(me, "ctrl-] leaves it", before)
        me.send(b"\x1d")
        await me.sees("It goes on in the background")
        desk.clock.move(5)
        await me.sees("It ended with 3. Enter shows what it printed last.")
        before = len(me.terminal.frames)
        me.send(b"\r")
        await prints(me, "last-word", before)
        await prints(me, "It ended with 3; any key goes back", before)
        me.send(b" ")
        await me.sees("It ended with 3. Enter starts it anew.")


async def test_of_several_containers_one_is_chosen(desk: Desk, server: RiggedDemo) -> None:
    pod = server.get("pods", "db-0", "shop")
    pod["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "exporter"}
    pod["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}
    server.put("pods", pod)
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "db-0")
        await me.press("s")
        await me.sees("Which container of db-0?", "exporter", "postgres", "CrashLoopBackOff")
        await me.press("j", "enter")
        await me.sees("postgres does not run: CrashLoopBackOff")
        await me.press("k")
        before = len(me.terminal.frames)
        me.send(b"\r")
        await prints(me, "shell in shop/db-0 exporter: ctrl-] leaves it", before)
        me.send(b"exit\r")
        await me.sees("pods 1 of 9")
        await me.press("x")
        await me.sees("Which container of db-0?")
        await me.press("escape")
        await me.sees_not("Which container")
        await me.press("enter")
        await me.sees("containers 2 of 2")
        await finds(me, "exporter")
        before = await runs(me, "hostname")  # from its own row nothing is asked
        await prints(me, "hostname in shop/db-0 exporter", before)
        await prints(me, "any key goes back", before)
        me.send(b" ")
        await me.sees("containers 1 of 2")


async def test_no_command_is_run_read_only(desk: Desk) -> None:
    async with desk.sit(readonly=True) as me:
        await me.sees("Running")
        await me.press("x")
        await me.sees("read-only: no commands")


async def test_a_shell_that_may_not_be_opened_is_told_in_a_sentence(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_part("pods/exec")
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        await me.press("s")
        await me.sees("you may not create pods/exec in shop", "Running")
        await me.press("j")
        await me.sees_not("you may not")
        await me.press("x")
        await me.sees("you may not create pods/exec in shop", "Running")
        await me.sees_not("command to run in")


async def test_what_may_not_be_joined_is_said_at_once(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_part("pods/attach")
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        await me.press("a")
        await me.sees("you may not create pods/attach in shop", "Running")


async def test_a_container_that_does_not_run_is_told_why(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "search-0")
        await me.press("s")
        await me.sees("container search is not running: ImagePullBackOff", "Enter tries again")
        await me.press("escape")
        await me.sees("ImagePullBackOff")


async def test_nothing_is_opened_read_only(desk: Desk) -> None:
    async with desk.sit(readonly=True) as me:
        await me.sees("Running")
        await me.press("s")
        await me.sees("read-only: no shells")


async def test_what_has_no_terminal_cannot_be_sat_at(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        await me.press("a")
        await me.sees("has no terminal to sit at", "s opens a shell", "s shell")
        await me.sees_not("enter go in")
        before = len(me.terminal.frames)
        me.send(b"s")
        await prints(me, "ctrl-] leaves it", before)
        me.send(b"echo is-$((6*7))\r")
        await prints(me, "is-42", before)
        me.send(b"exit\r")
        await me.sees("Running")


async def test_a_pod_that_is_deleted_under_its_shell_is_told(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        name = row_under_cursor(me)
        before = await goes_in(me)
        server.delete("pods", name, "shop")
        me.send(b"exit 137\r")
        await prints(me, "exit 137", before)
        await me.sees(f"pod {name} was deleted")
        await me.sees_not("enter go in", "Enter starts it anew")
        await me.press("escape")
        await me.sees("pods 2 of 8")


async def test_a_pod_that_goes_takes_its_shell_along_and_nothing_else(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("Running")
        await finds(me, "web-")
        name = row_under_cursor(me)
        await goes_in(me)
        await server.down()
        await me.sees("the stream broke off")
        await server.up()
        await me.press("escape")
        await me.sees(name)


async def opens_a_bare_container(me: Seat, server: RiggedDemo) -> None:
    """Open a shell in a container that has none."""
    await me.sees("Running")
    await finds(me, "web-")
    pod = server.get("pods", row_under_cursor(me), "shop")
    pod["metadata"] = {"name": "bare", "namespace": "shop"}
    pod["spec"]["containers"][0]["image"] = "distroless/static"
    server.put("pods", pod)
    await me.press("escape")
    await finds(me, "bare")
    await me.press("s")
    await me.sees("executable file not found", "d starts a debug container (busybox)")


async def test_a_container_without_a_shell_gets_a_debug_container_beside_it(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await opens_a_bare_container(me, server)
        assert me.screen.index("d starts") < me.screen.index("executable file")
        before = len(me.terminal.frames)
        await me.press("d")
        await me.sees("Add a debug container (busybox) to pod shop/bare.", "y does it")
        shell, question = me.app.screen_stack[-2:]
        await me.app.run_action("debug", shell)  # a key that was on its way there
        assert me.app.screen_stack[-2:] == [shell, question]
        await me.press("n")
        await me.sees_not("Add a debug container")
        assert "ephemeralContainers" not in server.get("pods", "bare", "shop")["spec"]
        await me.press("d")
        await me.sees("Add a debug container")
        await me.press("y")
        await me.sees("starting a debug container (busybox)")
        await me.until(lambda: server.get("pods", "bare", "shop")["spec"].get("ephemeralContainers"), "the container")
        await me.press("enter", "d")  # neither the shell that is not there again, nor a second container
        await me.sees("starting a debug container")
        name = start_debug_container(server)
        await prints(me, f"bare {name}: ctrl-] leaves it", before)


async def test_who_may_add_no_container_is_told_so_before_anything_is_asked(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await opens_a_bare_container(me, server)
        server.forbid_verb("patch")
        await me.press("d")
        await me.sees("you may not patch pods/ephemeralcontainers")


def start_debug_container(server: RiggedDemo) -> str:
    """Do what the kubelet does: nothing lives in the cluster by itself."""
    pod = server.get("pods", "bare", "shop")
    (container,) = pod["spec"]["ephemeralContainers"]
    assert (container["image"], container["targetContainerName"]) == ("busybox", pod["spec"]["containers"][0]["name"])
    status = {"name": container["name"], "state": {"running": {"startedAt": "2026-11-11T11:11:11Z"}}}
    pod["status"]["ephemeralContainerStatuses"] = [status]
    server.put("pods", pod)
    return str(container["name"])
