"""Every key can be another one, and every action can be found without knowing its key."""

import pytest

from kty.errors import ConfigError
from kty.screens.keymap import keymap
from kty.settings import Settings
from tests.rigged.looking import row_under_cursor
from tests.rigged.seat import Desk


async def test_a_key_that_was_rebound_does_it_and_the_old_one_does_not(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"yaml": "v", "table.down": ["n", "down"]}), size=(160, 30)) as me:
        await me.sees("pods 9 of 9", "v yaml")
        await me.press("n")
        assert row_under_cursor(me) == "cart-6b8d4-t6rjw"
        await me.press("j", "y")
        assert row_under_cursor(me) == "cart-6b8d4-t6rjw"
        await me.sees("pods 9 of 9")
        await me.press("v")
        await me.sees("kind: Pod", "name: cart-6b8d4-t6rjw")


async def test_a_key_that_was_taken_away_does_nothing(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"namespaces.all": ""})) as me:
        await me.sees("pods 9 of 9")
        await me.press("0", "j")
        assert me.screen.splitlines()[0].endswith(" shop")


def test_an_unknown_action_in_the_settings_is_named_with_what_was_meant() -> None:
    with pytest.raises(ConfigError, match="yamll") as caught:
        keymap({"yamll": "v"})
    assert "yaml" in caught.value.hint


def test_a_key_that_no_keyboard_has_is_named() -> None:
    with pytest.raises(ConfigError, match="escpe"):
        keymap({"yaml": "escpe"})


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("y", "y"), ("Y", "Y"), ("f2", "f2"), ("esc", "escape"), ("?", "question_mark"), ("ctrl+w", "ctrl+w"),
        ("|", "|"), ("vertical_line", "vertical_line"), ("shift+left", "shift+left"), ("+", "+"),
    ],
)  # fmt: skip
def test_keys_are_written_as_the_help_shows_them(written: str, known: str) -> None:
    assert keymap({"yaml": ["x", written]}) == {"yaml": f"x,{known}"}


async def test_the_footer_keeps_its_order_whatever_keys_are_rebound_to(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "y yaml")
        usual = me.screen.splitlines()[-1]
    async with desk.sit(settings=Settings(keys={"yaml": "v", "help": "f1"})) as me:
        await me.sees("pods 9 of 9", "v yaml")
        assert me.screen.splitlines()[-1] == usual.replace("y yaml", "v yaml").replace("? keys", "f1 keys")


async def test_a_question_names_the_keys_that_answer_it(desk: Desk) -> None:
    keys: dict[str, str | list[str]] = {"confirm.yes": "j", "confirm.no": ["f2", "k"]}
    async with desk.sit("deploy", settings=Settings(keys=keys)) as me:
        await me.sees("cart")
        await me.press("ctrl+d")
        await me.sees("Delete deployment shop/cart", "j does it · f2 leaves it")
        await me.press("k", "s")
        await me.sees("Scale deployment shop/cart", "enter does it · f2 leaves it")
        await me.press("f2")
        await me.sees_not("Scale deployment")


async def test_the_help_shows_the_keys_that_apply_here_as_they_are_bound(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"wide": "V"}), size=(120, 60)) as me:
        await me.sees("pods 9 of 9")
        await me.press("?")
        await me.sees("keys · pods", "namespaces.all", "sort by age", "palette")
        line = next(line for line in me.screen.splitlines() if " wide " in line and "│" in line)
        assert line.replace("│", " ").split() == ["V", "wide", "wide"] or " V " in line
        await me.press("escape")
        await me.sees_not("keys · pods")
        await me.press("y")
        await me.sees("kind: Pod")
        await me.press("?")
        await me.sees("yaml.managed", "managedFields")
        assert "namespaces.all" not in me.screen


async def test_names_to_rebind_by_are_whole_on_a_small_terminal(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("pods 9 of 9")
        await me.press("?")
        await me.sees("table.page-down", "page down")
        await me.resize(100, 30)
        await me.until(
            lambda: any("page down" in line and "table.page-down" in line for line in me.screen.splitlines())
        )


async def test_the_help_of_a_small_terminal_scrolls(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("pods 9 of 9")
        await me.press("?")
        await me.sees("keys · pods")
        assert "list anew" not in me.screen
        await me.press(*"j" * 120)
        await me.sees("list anew")


async def test_the_palette_lists_the_same_actions_and_does_them(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("ctrl+p")
        await me.press(*"All name")
        await me.sees("All namespaces")
        await me.press("enter")
        await me.sees("pods 12 of 12")


async def test_an_action_with_two_keys_is_once_in_the_palette(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        offered = [command.help for command in me.app.get_system_commands(me.app.screen)]
    assert "back" in offered
    assert len(offered) == len(set(offered))
    assert "palette" not in offered


async def test_the_palette_has_another_key_when_it_is_rebound(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"palette": "f2"})) as me:
        await me.sees("pods 9 of 9")
        await me.press("ctrl+p", "f2")
        await me.sees("Search")


async def test_the_header_can_be_hidden(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        await me.press("ctrl+e")
        await me.sees_not("v1.36.0")
        await me.press("ctrl+e")
        await me.sees("v1.36.0")


async def test_ctrl_c_ends_kty_from_anywhere(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("y", "ctrl+c")
        await me.leaves()


async def test_copying_a_name_sends_it_to_the_persons_own_clipboard(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("c")
        await me.sees("copied cart-6b8d4-h2mzl")
        assert b"\x1b]52;c;Y2FydC02YjhkNC1oMm16bA==" in me.terminal.sent


async def test_what_was_said_goes_with_the_next_key(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("c")
        await me.sees("copied cart-6b8d4-h2mzl")
        await me.press("j")
        await me.sees_not("copied")


async def test_only_what_the_rows_can_do_is_offered(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "y yaml", "0 all namespaces")
        await me.press(":", *"ctx", "enter")
        await me.sees("contexts 3 of 3")
        await me.sees_not("y yaml", "0 all namespaces")
