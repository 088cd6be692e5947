"""How kernels are compiled: without the GIL, on one thread, cached in the user's cache folder."""

import logging
import os
from collections.abc import Callable

import numba

from pmf_core.support.paths import cache_dir


def _can_cache() -> bool:
    # The folder of an installed package may be read-only, and then numba finds no place for its
    # cache and refuses to compile at all (numba#5566): so it gets a folder of ours.
    if numba.config.CACHE_DIR:
        return True
    folder = cache_dir() / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if writable:
        numba.config.CACHE_DIR = str(folder)
    else:
        logging.getLogger(__name__).warning(
            "%s cannot be written, so kernels are compiled anew in every process (seconds); "
            "set PMF_HOME to a folder that can",
            folder,
        )
    return writable


_CACHE = _can_cache()


def kernel(function: Callable) -> Callable:
    """Compile a function over plain arrays; its interpreted form stays as ``.py_func``.

    Reassociation lets reductions use vector instructions. Results are still the same in every
    run and on every thread, since the compiled order is fixed.
    """
    fastmath = {"reassoc", "contract", "nsz", "arcp"}
    return numba.njit(nogil=True, cache=_CACHE, fastmath=fastmath, error_model="numpy")(function)
