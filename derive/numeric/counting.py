"""What a function does with arrays: how many elements go through which operation, counted while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from .accuracy import Given
from .costs import LOOP, Work

PASSES = MappingProxyType({"where": "where", "copyto": "copyto", "einsum": "einsum", "dot": "dot", "stack": "copy"})
"""Functions of NumPy that are an operation of their own; all others are made of such, look at arrays or fill them."""
TIMES = 170
"""Points are taken so often that a function goes the way that it goes for many."""
SHORT = 8
"""Stretches longer than this take no time to begin, beside what they take to go through."""


class Counted(np.ndarray[Any, Any]):
    """An array that notes what is done with it, and so does all that is made of it."""

    work: Counter[str]

    def __array_finalize__(self, before: Any) -> None:
        work = getattr(before, "work", None)
        self.work = Counter() if work is None else work

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        given, out = [bare(one) for one in inputs], options.get("out")
        if out is not None:
            options["out"] = tuple(map(bare, out))
        found = getattr(ufunc, method)(*given, **options)
        self._note(ufunc, method, given, found[0] if isinstance(found, tuple) else found)
        if out is not None and all(one is not None for one in out):
            return out[0] if ufunc.nout == 1 else out
        return tuple(self._like(one) for one in found) if isinstance(found, tuple) else self._like(found)

    def _note(self, ufunc: np.ufunc, method: str, given: list[Any], found: Any) -> None:
        name, size = ufunc.__name__, np.size(found)
        if method == "reduce":
            name, size = f"{name}.reduce", np.size(given[0])
        elif name == "matmul":
            size *= given[0].shape[-1]
        self.work[name] += size
        if ufunc.signature is None and method in ("__call__", "reduce"):
            self.work[LOOP] += stretches(method, given, found)

    def _like(self, found: Any) -> Any:
        return counted(found, self.work)

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        if is_chosen(place):
            self.work["take"] += np.size(found)
        return self._like(found)

    def __setitem__(self, place: Any, value: Any) -> None:
        own = bare(self)
        self.work["put" if is_chosen(place) else "copy"] += np.size(own[place])
        own[place] = bare(value)

    def copy(self, order: Any = "C") -> Any:
        self.work["copy"] += self.size
        return super().copy(order)

    def astype(self, *given: Any, **options: Any) -> Any:
        found = super().astype(*given, **options)
        self.work["copy"] += self.size * (found is not self)
        return found

    def take(self, *given: Any, **options: Any) -> Any:
        found = bare(self).take(*given, **options)
        self.work["take"] += np.size(found)
        return self._like(found)

    def argmax(self, *given: Any, **options: Any) -> Any:
        self.work["argmax"] += self.size
        return self._like(bare(self).argmax(*given, **options))

    def argmin(self, *given: Any, **options: Any) -> Any:
        self.work["argmax"] += self.size
        return self._like(bare(self).argmin(*given, **options))


def counted(found: Any, work: Counter[str]) -> Any:
    """An array, or a number of NumPy's, as one that is counted; everything else as it is."""
    if isinstance(found, np.ndarray | np.generic):
        found = np.asarray(found).view(Counted)
        found.work = work
    return found


def bare(one: Any) -> Any:
    """An array that notes nothing."""
    return one.view(np.ndarray) if isinstance(one, Counted) else one


def is_chosen(place: Any) -> bool:
    """Whether elements are picked one by one, and not a part as it lies."""
    places = place if isinstance(place, tuple) else (place,)
    return any(isinstance(one, list) or (isinstance(one, np.ndarray) and one.ndim > 0) for one in places)


def stretches(method: str, given: list[Any], found: Any) -> int:
    """How many short stretches an operation goes through."""
    arrays = [one for one in (*given, found) if isinstance(one, np.ndarray) and one.ndim]
    most = max((one.ndim for one in arrays), default=0)
    if most < 2:
        return 0
    if method == "reduce":
        (rows,) = [one for one in arrays if one.ndim == most][:1]
        length = min(zip(rows.strides, rows.shape, strict=True))[1]
        return rows.size // length if length <= SHORT else 0
    operands = [np.broadcast_to(one, np.shape(found)) for one in given if isinstance(one, np.ndarray)]
    with np.nditer((*operands, found), flags=["external_loop"]) as steps:
        length = len(next(steps)[0])
    return int(np.size(found)) // length if length <= SHORT else 0


class CountingNumPy(ModuleType):
    """NumPy, whose functions return arrays that are counted."""

    def __init__(self, work: Counter[str]) -> None:
        super().__init__("numpy")
        self.work = work

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        if isinstance(found, np.ufunc | type) or not callable(found):
            return found
        return self._noting(name, found)

    def _noting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:
            found = function(*given, **options)
            if name in PASSES:
                self.work[PASSES[name]] += max(np.size(one) for one in (found, *given) if isinstance(one, np.ndarray))
            if type(found) is tuple:
                return tuple(counted(one, self.work) for one in found)
            return counted(found, self.work)

        return call


@contextmanager
def counting(module: ModuleType) -> Iterator[Counter[str]]:
    """The work of a module's functions, while this lasts."""
    work, numpy = Counter[str](), module.np
    module.np = CountingNumPy(work)  # type: ignore[attr-defined]
    try:
        yield work
    finally:
        module.np = numpy  # type: ignore[attr-defined]


def tiled(points: Sequence[Given], times: int = TIMES) -> dict[str, Any]:
    """The variables of all points as arrays, over and over."""
    return {name: np.concatenate([np.array([one[name] for one in points])] * times) for name in points[0]}


def work_of(module: ModuleType, call: Callable[[Given], Any], points: Sequence[Given]) -> Work:
    """What a function of a module does for a point: in the mean of these, which it takes at once; or for one alone.

    Of one alone no stretches count: for one point every operation begins anew, and that is left out.
    """
    many = len(points) > 1
    given, count = (tiled(points), len(points) * TIMES) if many else (points[0], 1)
    with counting(module) as found:
        call(given)
    return {name: total / count for name, total in found.items() if many or name != LOOP}
