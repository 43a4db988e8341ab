"""What pods and nodes use of processor and memory: plausible, moving with time, the same for the same seed."""

from hashlib import blake2s
from math import pi, sin
from typing import Final, NamedTuple

from kty.demo.life.requests import Amounts

WINDOW: Final = 15.0
"""Seconds between two samples, and what each is the mean of."""
_IDLE_CORES, _IDLE_BYTES = 0.002, 24 * 2**20


class Usage(NamedTuple):
    cores: float
    memory: float
    """Bytes."""


def sampled_at(now: float) -> float:
    """Return the time of the last sample."""
    return now - now % WINDOW


def of_container(uid: str, name: str, requests: Amounts, now: float, seed: int) -> Usage:
    """Return what a container that runs uses: some half of what it asks for, with the time of day and ups and downs."""
    taste = _numbers(f"{seed}/{uid}/{name}")
    cores = max(requests["cpu"] / 1000, _IDLE_CORES) * (0.25 + 0.5 * taste[0])
    memory = max(requests["memory"] / 1000, _IDLE_BYTES) * (0.45 + 0.4 * taste[1])
    at = sampled_at(now)
    return Usage(cores * (1 + 0.45 * _waves(at, taste)), memory * (1 + 0.06 * _waves(at / 3, taste)))


def of_node(name: str, taken: Amounts, allocatable: Amounts, now: float, seed: int, *, is_pressed: bool) -> Usage:
    """Return what a node uses: half of what its pods ask for, and the system's own share."""
    taste = _numbers(f"{seed}/{name}")
    wave = _waves(sampled_at(now), taste)
    own = (0.03 + 0.02 * taste[0]) * allocatable["cpu"] / 1000
    cores = own + 0.5 * taken["cpu"] / 1000 * (1 + 0.2 * wave)
    memory = 0.08 * allocatable["memory"] / 1000 + 0.65 * taken["memory"] / 1000 * (1 + 0.03 * wave)
    if is_pressed:
        memory = max(memory, (0.93 + 0.02 * wave) * allocatable["memory"] / 1000)
    return Usage(cores, memory)


def _numbers(key: str) -> tuple[float, ...]:
    """Return six numbers in [0, 1) that stand for a key."""
    raw = blake2s(key.encode(), digest_size=12).digest()
    return tuple(int.from_bytes(raw[at : at + 2]) / 65536 for at in range(0, 12, 2))


def _waves(now: float, taste: tuple[float, ...]) -> float:
    """Return a number within [-1, 1] that goes up and down in minutes and over the day."""
    slow = sin(2 * pi * (now / (1100 + 1400 * taste[2]) + taste[3]))
    quick = sin(2 * pi * (now / (150 + 170 * taste[4]) + taste[5]))
    day = sin(2 * pi * (now / 86400 - 0.35))
    return 0.45 * slow + 0.3 * quick + 0.25 * day
