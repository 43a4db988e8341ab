from math import inf

import pytest

from kty.runtime import log_pace


@pytest.fixture
def tireless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reading of logs never rest: a busy machine would have it rest by the real clock."""
    monkeypatch.setattr(log_pace, "SLICE", inf)
