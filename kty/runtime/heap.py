"""Give memory back to the system.

The pages of a large list are dozens of times larger than what is kept of them. Once they are gone, C's heap is full of
holes that glibc keeps to itself, as much again as 10,000 pods take.
"""

from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Return what is free of the heap to the system, where the C library can do that (glibc's `malloc_trim`)."""
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        from ctypes import CDLL, c_int, c_size_t

        trim = CDLL(None).malloc_trim
    except (ImportError, OSError, TypeError, AttributeError):
        return None
    trim.argtypes, trim.restype = [c_size_t], c_int
    found: Callable[[int], int] = trim
    return found
