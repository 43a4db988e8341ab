"""The conventions of the API on top of the store: what handlers and controllers call, synchronously."""

import random
from collections.abc import Callable

from kty.demo.journal import Change
from kty.demo.kinds import Kind, Kinds
from kty.demo.options import DeleteOptions, Options
from kty.demo.statuses import ApiError, not_found
from kty.demo.store import Store, decode, encode
from kty.kube.objects import Object
from kty.kube.selectors import Selector
from kty.runtime.clock import SYSTEM, Clock

__all__ = ["ApiError", "Change", "DeleteOptions", "Options", "Registry"]


class Registry:
    """Raises ApiError for whatever the API server would refuse. Objects that come out are fresh: yours to change."""

    def __init__(
        self, kinds: Kinds, *, store: Store | None = None, clock: Clock = SYSTEM, seed: int = 0
    ) -> None:
        self.store = store or Store()
        self.kinds = kinds
        self.clock = clock
        self.random = random.Random(seed)  # noqa: S311 - the same each time on purpose
        """Where uids, name suffixes and everything else that varies come from."""

    def get(self, kind: str, namespace: str, name: str) -> Object:
        found = self.find(kind, namespace, name)
        if found is None:
            raise not_found(kind, name)
        return found

    def find(self, kind: str, namespace: str, name: str) -> Object | None: ...
    def list(self, kind: str, namespace: str = "", *, labels: Selector | None = None) -> list[Object]: ...
    def owned(self, owner_uid: str, kind: str) -> list[Object]: ...
    def create(self, kind: str, obj: Object, options: Options = Options()) -> Object: ...
    def replace(self, kind: str, obj: Object, options: Options = Options(), *, subresource: str = "") -> Object: ...
    def change(self, kind: str, namespace: str, name: str, mutate: Callable[[Object], None], options: Options = Options(), *, subresource: str = "") -> Object: ...
    def delete(self, kind: str, namespace: str, name: str, options: DeleteOptions = DeleteOptions()) -> Object: ...
    def on_change(self, tell: Callable[[Change], None]) -> Callable[[], None]:
        return self.store.on_change(tell)
