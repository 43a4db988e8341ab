"""A demo in a thread and on a loop of its own, so that it never slows whoever looks at it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kty.kube.late_trust import late_trust

THREAD = "kty-demo"
_PATIENCE = 5.0
"""Seconds in which the thread has to end; it can hold nobody up for longer, and dies with the process anyway."""


class Running:
    """Starts with `start()`; `url` and `kubeconfig` are there once that has returned."""

    def __init__(self, pods: int = 0, *, seed: int = 0) -> None:
        self.url = ""
        self.kubeconfig = ""
        """The text of a kubeconfig with one context, `demo`."""
        self._pods = pods
        self._seed = seed
        self._is_closed = False
        self._error: BaseException | None = None
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)

    def start(self) -> None:
        """Return once requests are answered. Raises whatever went wrong; then nothing is left running."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self.close()
            raise self._error

    def close(self) -> None:
        """End it, whatever it is doing; again does nothing."""
        self._is_closed = True
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        with late_trust():
            from kty.demo.demo import Demo  # here, so that the caller goes on meanwhile

        demo = Demo(seed=self._seed)
        demo.furnish(self._pods)
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self._is_closed:
            return
        async with demo.serving() as url:
            self.url, self.kubeconfig = url, demo.kubeconfig()
            self._ready.set()
            await self._stop.wait()


@contextmanager
def running(pods: int = 0, *, seed: int = 0) -> Iterator[Running]:
    """Run a demo, with so many pods or with the small shop, until the block ends: by an error or Ctrl-C, too."""
    demo = Running(pods, seed=seed)
    try:
        demo.start()
        yield demo
    finally:
        demo.close()
