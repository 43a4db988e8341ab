"""`kty logs`: what containers print, as it is now or as it comes."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil

from kty.commands.log_following import follow
from kty.commands.log_lines import composed
from kty.commands.log_sink import PrintingSink, prefix_of
from kty.commands.log_targets import containers_of, must_have, picks, pods_of, scopes
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.target import Target
from kty.errors import KtyError, UsageError
from kty.kube.durations import Duration
from kty.kube.objects import Item
from kty.kube.streams.logs import LogOptions
from kty.kube.streams.logs import logs as open_log
from kty.runtime.log_follower import LogStart

_FEW = 10
"""Lines of each container that are printed where labels select the pods and `--tail` is left out."""
_SILENCE = 60.0
"""Seconds without a byte after which a log that is not followed is given up."""


async def logs(given: argparse.Namespace, target: Target, streams: Streams) -> int:
    """Print logs; with -f, until the pods have ended. Returns the exit status. Raises KtyError."""
    speaker = Speaker(streams)
    since = _since(given.since)
    tail = given.tail if given.tail is not None else _FEW if given.selector else None
    tail = None if tail == -1 else tail
    meant = await scopes(given, target)
    pods = [item for scope in meant for item in await pods_of(scope, target)]
    must_have(pods, given.container)
    pick = picks(given)
    read = [(item, name) for item in pods for name in containers_of(item, pick(item.body))]
    has_one = len(read) == 1 and not (given.follow and any(scope.labels for scope in meant))
    if len(pods) == 1 and has_one and not given.container:
        await _say_which(pods[0], read[0][1], speaker)
    if not pods:
        await speaker.say("there are no such pods" + (" yet" if given.follow else ""))
    is_safe = streams.is_watched and not given.raw
    if given.follow:
        begin = None if since is None else datetime.fromtimestamp(target.clock.now(), UTC) - timedelta(seconds=since)
        sink = PrintingSink(speaker, has_prefix=not has_one, has_times=given.timestamps, is_safe=is_safe)
        await follow(meant, pick, LogStart(tail, begin), sink, target, speaker)
        return speaker.status
    options = LogOptions(
        previous=given.previous,
        tail_lines=tail,
        since_seconds=None if since is None else ceil(since),
        timestamps=given.timestamps,
    )
    await _print_all(read, options, target, speaker, is_safe=is_safe)
    return speaker.status


def _since(span: str) -> float | None:
    """Return how many seconds are meant. Raises UsageError."""
    seconds = Duration.parse(span).seconds if span else None
    if seconds is not None and seconds <= 0:
        raise UsageError("--since wants a span of time", hint="--since 5m prints what came in the last five minutes")
    return seconds


async def _say_which(pod: Item, container: str, speaker: Speaker) -> None:
    if len(containers_of(pod, ())) > 1:
        await speaker.say(
            f"{pod.row.name} has several containers, and this is {container}:"
            " -c names another, --all-containers takes all"
        )


async def _print_all(
    read: Sequence[tuple[Item, str]], options: LogOptions, target: Target, speaker: Speaker, *, is_safe: bool
) -> None:
    """Print one log after the other; those that cannot be read are said, and the rest is printed."""
    streams = speaker.streams
    for item, container in read:
        namespace, pod = item.row.key
        prefix = prefix_of(pod, container) if len(read) > 1 else b""
        try:
            asked = replace(options, container=container)
            async with open_log(target.client, namespace, pod, asked, idle=_SILENCE) as lines:
                while batch := await lines.batch():
                    await streams.write(composed(batch, prefix=prefix, is_safe=is_safe))
        except KtyError as error:
            await speaker.fail(error)
