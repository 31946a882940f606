"""Decorators of compiled functions: those that own no memory, and those that they call which do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

_LEAF: dict[str, Any] = {"cache": True, "_nrt": False}
_OWNER: dict[str, Any] = {"cache": True, "_nrt": True}
"""numba's switch of its reference counting; a function called takes its caller's if it has none."""


def leaf(function: Function) -> Function:
    """Compile a function that makes no array and keeps none: it counts no references.

    Elsewhere every array that is taken out of a tuple or handed on costs two atomic counts, which
    was a fifth of all time of both searches. Views are fine; a new array is refused when the
    function is compiled.
    """
    return cast(Function, njit(**_LEAF)(function))


def owner(function: Function) -> Function:
    """Compile a function that makes arrays although a ``leaf`` calls it."""
    return cast(Function, njit(**_OWNER)(function))
