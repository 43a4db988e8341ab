"""Keep a measure and the cluster on cores of their own, as they are on machines of their own everywhere else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


@contextmanager
def apart() -> Iterator[None]:
    """Run this process, and what it starts, on the first core, and whatever else there is on the others.

    Only root may move other people's processes, and it takes two cores.
    """
    first, *others = sorted(os.sched_getaffinity(0))
    if not others or os.geteuid():
        raise SystemExit("to keep the cluster apart takes two cores, and root")
    before = {thread: cores for thread in _threads() if (cores := _cores(thread))}
    for thread in before:
        _move(thread, {first} if thread == os.getpid() else set(others))
    try:
        yield
    finally:
        for thread in _threads():  # those that came since, too
            _move(thread, before.get(thread, {first, *others}))


def _threads() -> list[int]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            found += [thread.id for thread in process.threads()]
    return found


def _cores(thread: int) -> set[int]:
    with suppress(OSError):
        return os.sched_getaffinity(thread)
    return set()


def _move(thread: int, cores: set[int]) -> None:
    with suppress(OSError):  # it has ended, or is the kernel's own
        os.sched_setaffinity(thread, cores)
