"""Follow the logs of pods until these have ended, over whatever the network and the containers do meanwhile."""

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from functools import partial

from kty.commands.log_sink import PrintingSink
from kty.commands.log_targets import PODS, Scope
from kty.commands.speaking import Speaker
from kty.commands.target import Target
from kty.kube import selectors
from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Row
from kty.kube.streams.logs import logs as open_log
from kty.runtime.log_follower import LogSource, LogStart
from kty.runtime.log_group import LogGroup
from kty.runtime.store import Store

Picks = Callable[[bytes], Collection[str]]


async def follow(
    scopes: Sequence[Scope], picks: Picks, start: LogStart, sink: PrintingSink, target: Target, speaker: Speaker
) -> None:
    """Print logs until all that are meant have ended; pods that are selected by labels may come and go for ever.

    Raises KtyError where the pods may not be watched or nothing can be written, and BrokenPipeError once nobody reads.
    """
    with ExitStack() as stack:
        stores: list[Store] = []
        for scope in scopes:
            lease = target.shared.lease(
                target.client, PODS, scope.namespace, ObjectCodec, labels=scope.labels, fields=scope.fields
            )
            stack.callback(lease.release)
            stack.callback(lease.store.on_change(sink.news.set))
            stores.append(lease.store)
        group = LogGroup(
            stores,
            _wanted(scopes),
            partial(open_log, target.client),
            sink,
            picks=picks,
            start=start,
            clock=target.clock,
        )
        group.start()
        try:
            while sink.news.is_set() or not _is_over(group, scopes):
                await sink.news.wait()
                sink.news.clear()
                await _tell(group, stores, sink, speaker)
        finally:
            await group.close()


async def _tell(group: LogGroup, stores: Sequence[Store], sink: PrintingSink, speaker: Speaker) -> None:
    for sentence in sink.said(group.sources):
        await speaker.say(sentence)
    if sink.failure is not None:
        raise sink.failure
    if any(source.status.phase == "ended" and source.status.error is not None for source in group.sources):
        speaker.has_failed = True
    for store in stores:
        status = store.status
        if status.phase == "refused" and status.error is not None:
            raise status.error


def _wanted(scopes: Sequence[Scope]) -> Callable[[Row], bool]:
    tests: list[Callable[[Row], bool]] = []
    for scope in scopes:
        if scope.names:
            tests.append(partial(_is_named, frozenset(scope.names)))
        else:
            tests.append(partial(_is_selected, selectors.parse(scope.labels)))
    return lambda row: any(test(row) for test in tests)


def _is_named(names: Collection[str], row: Row) -> bool:
    return row.name in names


def _is_selected(selector: selectors.Selector, row: Row) -> bool:
    return selector.matches(row.labels)


def _is_over(group: LogGroup, scopes: Sequence[Scope]) -> bool:
    """Say whether nothing will come any more; where labels select, a pod that is gone may have a successor."""
    if not group.is_complete or any(source.status.phase != "ended" for source in group.sources):
        return False
    return all(scope.names for scope in scopes) or (bool(group.sources) and not any(map(_is_gone, group.sources)))


def _is_gone(source: LogSource) -> bool:
    return source.ran is None
