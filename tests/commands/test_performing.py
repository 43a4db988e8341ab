"""How commands end for whoever is elsewhere: help, mistakes, signals, and what goes wrong inside."""

import asyncio

import pytest

from kty.kube.target import Config
from tests.commands.person import Person, asking, asks
from tests.rigged.seat import black_hole
from tests.rigged.server import RiggedDemo, serving

NOWHERE = Config(context="c", cluster="c", user="u", server="http://127.0.0.1:9")


async def test_help_is_printed_where_the_person_is() -> None:
    done = await asks(NOWHERE, "get", "--help")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("usage: kty get ")
    assert "--kubeconfig" not in done.out
    assert (await asks(NOWHERE, "logs", "-h", person=Person(leaves=0))).status == 141


@pytest.mark.parametrize("words", [["get"], ["get", "pods", "--context", "other"], ["exec", "a/b"]])
async def test_mistakes_are_one_sentence(words: list[str]) -> None:
    done = await asks(NOWHERE, *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("kty: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["sh"], ["--context", "other", "get", "pods"], ["g\x1bt"]])
async def test_a_command_that_there_is_not_is_as_in_a_shell(words: list[str]) -> None:
    done = await asks(NOWHERE, *words)
    assert (done.status, done.out) == (127, "")
    assert done.err.endswith(": there are get, logs, exec, describe, events, whoami\n")
    assert done.err.count("\n") == 1


class Broken(Person):
    async def write(self, data: bytes) -> None:
        secret = "s3cret"
        raise ValueError(secret)


async def test_what_goes_wrong_inside_is_said_without_what_it_was_about() -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", {"metadata": {"name": "web-1", "namespace": "default"}})
        config = Config(context="c", cluster="c", user="u", server=server.url)
        done = await asks(config, "get", "pods", person=Broken())
        assert (done.status, done.err) == (1, "kty: something went wrong inside (ValueError); please report it\n")


@pytest.mark.parametrize("words", ["get pods", "get pods -w", "logs -f web", "exec -i a/b -- cat", "describe pod/a"])
async def test_a_signal_ends_what_waits_for_the_server(words: str) -> None:
    async with black_hole() as server:
        me = Person(None)
        config = Config(context="c", cluster="c", user="u", server=server)
        async with asking(config, *words.split(), person=me) as ending:
            await asyncio.wait({ending}, timeout=0.1)
            assert not ending.done()
            me.signal(1)
            assert await ending == 129
        assert not me.out
        assert not me.err


class Mistaken(Person):
    """Streams that have a mistake."""

    async def write(self, data: bytes) -> None:
        raise RuntimeError("oops")


async def test_a_mistake_while_a_log_is_followed_is_said_and_the_command_has_failed() -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        found = [each for each in server._demo.registry.list("pods") if each["metadata"]["namespace"] == "shop"]
        name = next(each["metadata"]["name"] for each in found if each["metadata"]["name"].startswith("web-"))
        config = Config(context="c", cluster="c", user="u", server=server.url)
        done = await asks(config, "logs", "-f", "-n", "shop", name, person=Mistaken())
        assert done.status == 1
        assert "kty failed (RuntimeError: oops): please report it\n" in done.err
        assert "trying again" not in done.err


async def test_who_may_not_watch_pods_is_told_instead_of_waiting() -> None:
    async with serving(RiggedDemo(furnished=True)) as server:
        found = [each for each in server._demo.registry.list("pods") if each["metadata"]["namespace"] == "shop"]
        server.forbid("pods", "shop")
        config = Config(context="c", cluster="c", user="u", server=server.url)
        done = await asks(config, "logs", "-f", "-n", "shop", found[0]["metadata"]["name"])
        assert done.status == 1
        assert "forbidden" in done.err
