"""The versions of an API in the order that Kubernetes gives them (apimachinery, pkg/version)."""

import re
from typing import TypeAlias

Order: TypeAlias = tuple[int, int, int, str]
"""What versions are sorted by: the less, the better."""

_VERSION = re.compile(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?")
_STAGES = {None: 0, "beta": 1, "alpha": 2}
_NO_VERSION = 3
_MAX_INT64 = 2**63 - 1


def order(version: str) -> Order:
    """Return the key that puts the best version first: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then others.

    What is stable comes before what is not, and newer before older; words that are no such version follow by the
    alphabet.
    """
    found = _VERSION.fullmatch(version)
    major, minor = (int(found[1]), int(found[3] or 0)) if found else (0, 0)
    if found is None or max(major, minor) > _MAX_INT64:
        return (_NO_VERSION, 0, 0, version)
    return (_STAGES[found[2]], -major, -minor, "")
