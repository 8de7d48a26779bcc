from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest

from plugin import logs


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that is logged, however unimportant."""
    stream = StringIO()
    logs.configure(level="debug", stream=stream, as_json=True)
    yield stream
    logs.configure(level="warning")
