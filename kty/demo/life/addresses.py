"""Addresses of pods, one network for each node."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from kty.demo.life.nodebook import NodeFacts

_FIRST, _LAST = 2, 254


class Addresses:
    """Goes round, so that an address is not given out again soon after it became free."""

    def __init__(self, used: Callable[[str], Iterable[tuple[str, str]]]) -> None:
        """`used` returns the uids and addresses of the pods on a node: asked once for each."""
        self._used = used
        self._last: defaultdict[str, int] = defaultdict(lambda: _FIRST - 1)
        self._owners: dict[str, str] = {}
        self._taken: dict[str, str] = {}

    def give(self, uid: str, node: NodeFacts) -> str:
        """Return the address of a pod, a new one where it has none."""
        if uid in self._owners:
            return self._owners[uid]
        if node.pod_network not in self._last:
            for other, address in self._used(node.name):
                self.note(other, address)
        for _ in range(_FIRST, _LAST + 1):
            number = self._last[node.pod_network] + 1
            self._last[node.pod_network] = number = number if number <= _LAST else _FIRST
            address = f"{node.pod_network}.{number}"
            if address not in self._taken:
                break
        self.note(uid, address)
        return address

    def note(self, uid: str, address: str) -> None:
        """Take in that a pod has an address."""
        self._owners[uid] = address
        self._taken[address] = uid

    def free(self, uid: str) -> None:
        address = self._owners.pop(uid, None)
        if address is not None:
            self._taken.pop(address, None)
