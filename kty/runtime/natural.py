"""Texts in the order people expect: web-2 before web-10, capitals beside small letters."""

import re
from functools import lru_cache

from kty.kube.objects import Key

_NUMBER = re.compile("[0-9]{2,}(?![0-9a-z])")
"""Not the digits of a hash such as 68lsb: those are no number to anybody."""
_BETWEEN, _EXACTLY = "\x01", "\x02"  # below what names are made of, so that a shorter text comes first


@lru_cache(maxsize=32_768)
def natural(text: str) -> str:
    """Return what sorts where people look for this text; no two texts have the same."""
    small = text.lower()
    key, numbers = _NUMBER.subn(_longer_is_greater, small)
    is_exact = small == text and len(key) == len(text) + numbers
    return key if is_exact else f"{key}{_EXACTLY}{text}"


def natural_key(key: Key) -> str:
    """Return what sorts keys by namespace and then by name, both as `natural` does."""
    namespace, name = key
    return f"{natural(namespace)}{_BETWEEN}{natural(name)}"


def _longer_is_greater(number: re.Match[str]) -> str:
    """Begin a number of several digits with a sign for how many there are, all of them above the digits."""
    digits = number[0].lstrip("0") or "0"
    return f"{chr(ord('9') + len(digits) - 1)}{digits}" if len(digits) > 1 else digits
