"""Objects that want to be obeyed: whatever a command prints of them, a terminal shows it and does nothing else."""

from typing import Any

import pytest

from kty.kube.config import infer, load
from kty.kube.target import Config
from kty.text import is_printable
from tests.commands.person import Person, asks
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop
from tests.running import Home

POISON = "\x1b]0;owned\x07\x9b2J\u202e\x08"

COMMANDS = (
    "get pods -A",
    "get pods -A -o wide",
    "get pods,cm,deploy,events,coupons.shop.example -A",
    "get nodes",
    "get all -A",
    "get pods -A -o name",
    "get pods -A -o yaml",
    "get coupons -A -o json",
    "get cm -A -o yaml",
    "events -A",
    "events -A -o json",
    "describe pods {pod} -n {ns}",
    "describe cm {cm} -n {ns}",
    "describe coupon {coupon} -n {ns}",
    "logs {pod} -n {ns}",
    "whoami",
    "get {poison}",
    "get pods/{poison}",
    "describe pod {poison}",
    "logs {poison} -c {poison}",
    "events {poison}/{poison}",
    "exec {poison}/{poison} -- ls",
    "get pods -l {poison}",
    "get pods --{poison}",
    "{poison}",
)


def poisoned(value: Any, field: str = "") -> Any:
    """Return an object with poison in every text but those that the server reads."""
    match value:
        case dict():
            return {
                key: child if key in ("namespace", "uid", "kind", "apiVersion", "nodeName") else poisoned(child, key)
                for key, child in value.items()
            }
        case list():
            return [poisoned(child, field) for child in value]
        case str() if not field.lower().endswith(("timestamp", "time", "at", "resourceversion")):
            return f"{value}{POISON}"
    return value


@pytest.fixture
def config(home: Home) -> Any:
    def at(url: str) -> Config:
        home.knows(url, user={"token": "t"})
        return infer(home.kubeconfig, known=load(home.kubeconfig))

    return at


@pytest.mark.parametrize("has_terminal", [True, False], ids=["terminal", "pipe"])
async def test_no_terminal_is_told_anything(config: Any, has_terminal: bool) -> None:
    async with serving(RiggedDemo()) as server:
        server.user = f"anna{POISON}"
        Shop(1_764_108_822.0).open_at(server)
        names = {}
        for word, kind in (("pod", "pods"), ("cm", "configmaps"), ("coupon", "coupons.shop.example"), ("e", "events")):
            for each in list(server._demo.registry.list(kind)):
                made = server.put(kind, poisoned(each))
                if made["metadata"].get("namespace") == "shop":
                    names[word] = made["metadata"]["name"]
        assert POISON in names["pod"]
        for command in COMMANDS:
            words = [each.format(ns="shop", poison=POISON, **names) for each in command.split()]
            me = Person(terminal=(100, 30) if has_terminal else None)
            done = await asks(config(server.url), *words, person=me)
            assert done.out or done.err, command
            assert is_printable(done.err.replace("\n", "")), command
            if has_terminal or not ("-o name" in command or "logs" in command):
                assert is_printable(done.out.replace("\n", "").replace("\t", "")), command
