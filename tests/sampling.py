"""How much of a long test runs: all of it on CI, a part where a person waits for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

ON_CI = bool(os.environ.get("CI"))


def some(values: Sequence[T], step: int) -> Sequence[T]:
    """All of the values on CI, and elsewhere the first of every `step` of them."""
    return values if ON_CI else values[::step]


def examples(count: int) -> int:
    """How many random examples are tried: a third of them where it is not CI."""
    return count if ON_CI else -(-count // 3)
