"""How kernels are compiled: without the GIL, on one thread, cached in the user's cache folder."""

import logging
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numba
from numba.core import caching

from pmf_core.support.paths import cache_dir, kernels_dir


def kernel(function: Callable, **options: bool) -> Callable:
    """Compile a function over plain arrays; its interpreted form stays as ``.py_func``.

    Reassociation lets reductions use vector instructions. Results are still the same in every
    run and on every thread, since the compiled order is fixed.
    """
    fastmath = {"reassoc", "contract", "nsz", "arcp"}
    compiled = numba.njit(nogil=True, fastmath=fastmath, error_model="numpy", **options)(function)
    compiled._cache = _LaterCache(function)
    return compiled


def inlined(function: Callable) -> Callable:
    """Compile a function into each kernel that calls it: a call with arrays takes 20 ns or more."""
    return kernel(function, forceinline=True)


class _Locator(caching.UserWideCacheLocator):
    """Our folder as a place for numba's cache.

    The folder of an installed package may be read-only, where numba finds no place by itself and
    refuses to compile at all (numba#5566); its setting for one is that of the whole process.
    """

    def __init__(self, py_func: Callable, py_file: str) -> None:
        super().__init__(py_func, py_file)
        self._cache_path = str(kernels_dir() / self.get_suitable_cache_subpath(py_file))


class _Implementation(caching.CompileResultCacheImpl):
    _locator_classes = [caching.UserProvidedCacheLocator, _Locator]  # NUMBA_CACHE_DIR goes first


class _FunctionCache(caching.FunctionCache):
    _impl_class = _Implementation


class _LaterCache:
    """A kernel's cache, which looks for its place when the kernel is first compiled."""

    def __init__(self, function: Callable) -> None:
        self._function = function

    @cached_property
    def _cache(self) -> Any:
        try:
            return _FunctionCache(self._function)
        except RuntimeError:  # no place can be written
            _warn(str(cache_dir()))
            return caching.NullCache()

    def __getattr__(self, name: str) -> Any:
        """Return what numba asks of a cache."""
        return getattr(self._cache, name)


@cache  # once, not for every kernel
def _warn(folder: str) -> None:
    logging.getLogger(__name__).warning(
        "%s cannot be written, so kernels are compiled anew in every process (seconds); set "
        "PMF_HOME to a folder that can",
        folder,
    )
