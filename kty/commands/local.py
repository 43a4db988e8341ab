"""Run a command where the person is: on the streams of this process."""

import asyncio
import gc

from kty.commands.performing import perform
from kty.commands.target import Target
from kty.commands.words import Asked
from kty.kube.client import Client
from kty.kube.config import Config
from kty.kube.discovery_cache import KeptDiscovery, kept_path
from kty.runtime.shared import Shared
from kty.runtime.threads import Impatient
from kty.term.stdio import Stdio


def run_here(asked: Asked, config: Config) -> int:
    """Run a command that was read from the command line. Returns the exit status, as `performing.run` does."""
    return asyncio.run(_perform(asked, config))


async def _perform(asked: Asked, config: Config) -> int:
    gc.freeze()  # what is imported stays
    gc.enable()
    asyncio.get_running_loop().set_default_executor(Impatient())
    shared = Shared(connect=Client)
    path = None if asked.given.demo else kept_path(config)  # every demo is another one
    kept = KeptDiscovery(shared.client(config), path)
    try:
        with Stdio() as streams:
            return await perform(asked, Target(config, shared, kept), streams)
    finally:
        await shared.close()
