"""Pump what a watcher sees into a store, for ever: whatever breaks is shown, and begun anew."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from kty.errors import KtyError
from kty.runtime.backoff import Backoff
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.events import Event, Interrupted
from kty.runtime.slumber import rest
from kty.runtime.store import Store

log = logging.getLogger(__name__)


async def reflect(events: Callable[[], AsyncGenerator[Event, None]], store: Store, *, clock: Clock = SYSTEM) -> None:
    """Apply to `store` what each generator that `events` makes yields, until cancelled.

    A watcher mends what the cluster breaks. A watcher that ends or raises is a fault of kty's own: the status says
    so, and another one is made after a while.
    """
    backoff = Backoff(clock)
    while True:
        try:
            async with aclosing(events()) as stream:
                async for event in stream:
                    store.apply(event)
            reason = "the watcher came to an end"
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            reason = "what the watcher waited for was cancelled"
        except Exception as error:
            log.exception("a watcher failed")
            reason = f"{type(error).__name__}: {error}"
        delay = backoff.next()
        log.error("%s; it begins anew in %.1f s", reason, delay)
        store.apply(Interrupted(KtyError(f"kty failed while watching ({reason})", hint="please report it"), delay))
        await rest(clock, delay)
