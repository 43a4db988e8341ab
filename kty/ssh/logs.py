"""The log of a server: a line for people, or a JSON object for machines, on stderr."""

import json
import logging
import time

from kty.ssh.lines import Lines
from kty.text import printable


class TextFormatter(logging.Formatter):
    """One printable line, and below it a traceback where there is one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = printable(record.message)
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """One object: `time` (UTC), `level`, `logger`, `message`, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        said = {
            "time": f"{stamp}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": printable(record.getMessage()),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said)


class LinesHandler(logging.Handler):
    """Hands log records to somebody who writes lines."""

    def __init__(self, lines: Lines, formatter: logging.Formatter) -> None:
        super().__init__()
        self._lines = lines
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.write(self.format(record).encode("utf-8", "backslashreplace"))
        except Exception:
            self.handleError(record)
