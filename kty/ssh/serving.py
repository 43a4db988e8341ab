"""What all connections of a server have in common."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from kty.ssh.crowd import Crowd
from kty.ssh.facts import Tell
from kty.ssh.limits import Limits
from kty.ssh.login import Login
from kty.ssh.refusals import Refusals
from kty.ssh.session import MakeApp, MakeTarget


@dataclass(frozen=True, slots=True)
class Serving:
    """What all connections of a server have in common."""

    login: Login
    make_app: MakeApp
    make_target: MakeTarget
    limits: Limits
    crowd: Crowd
    refusals: Refusals
    tell: Tell
    spawn: Callable[[Coroutine[Any, Any, None], str], object]
    """Runs work in a task that the server waits for."""
    agreed: Callable[[float], None] = lambda seconds: None
    """Hears how long a connection took until it had its first keys."""
    counted: Callable[[int, int], None] = lambda received, sent: None
    """Hears at times how many bytes went over some connection since."""
    is_ending: Callable[[], bool] = lambda: False
    """Says whether people are asked to leave, and nobody new is let in."""
