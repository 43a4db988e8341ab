"""`python -m kty` is `kty`."""

import os
import sys

try:
    import signal
except KeyboardInterrupt:  # it takes most of the time until ctrl-c means what it means to any command
    os._exit(130)


def main() -> None:
    """Run kty, and end the process.

    Until it has the terminal, ctrl-c ends it at once and silently, as it does with any command: this module imports no
    more than that takes.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kty import cli

    _leave(cli.main())


def _leave(status: int) -> None:
    """End the process now: a thread that still waits for a name server would hold up a person who has left."""
    from contextlib import suppress

    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    if logging := sys.modules.get("logging"):
        logging.shutdown()
    os._exit(status)


if __name__ == "__main__":
    main()
