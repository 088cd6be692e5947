"""Chains on a Dask cluster, behind the same interface as threads of this process.

``python -m pmf_core.sampling.cluster`` (`make cluster`) starts a small one here, to try it.
"""

import os
import threading
from concurrent.futures import Executor, Future
from typing import Any

from pmf_core.sampling.segments import RemoteExecutor, local_executor

VARIABLE = "PMF_DASK_SCHEDULER"
"""Names the environment variable with the address of the scheduler to use."""

PORT = 8786

PATIENCE = 10
"""Seconds to wait for a scheduler, and for a worker."""

_connections: dict[str, "ClusterExecutor"] = {}
_connecting = threading.Lock()


class ClusterExecutor(RemoteExecutor):
    """The workers of a Dask cluster, which must have this package installed.

    A worker may be lost at any time: what it was doing is done again elsewhere, and since draws
    depend on nothing but seed, chain and sweep, the result is the same.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    ImportError
        If Dask is not installed.
    ConnectionError
        If no scheduler answers there within ten seconds.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ImportError(
                f"a cluster at {address} was asked for, but Dask is not installed; run "
                "`pip install dask distributed`, or leave the scheduler's address empty"
            ) from error
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConnectionError(
                f"no Dask scheduler answers at {address!r} ({error}); start one with `make "
                "cluster`, or leave the address empty to run on this machine"
            ) from error
        self._address = address
        self._executor = self._client.get_executor(pure=False, retries=5)

    @property
    def is_closed(self) -> bool:
        """Whether the connection has ended, as it does when the scheduler stays away."""
        return self._client.status in ("closed", "closing")

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """Run a function on some worker; arguments from `place` are already there."""
        return self._executor.submit(fn, *args, **kwargs)

    def place(self, data: Any) -> Any:
        """Put data on the cluster once; pass what this returns to `submit` in its stead.

        As the result of a task, not by Dask's scatter: a task is run again when the worker that
        holds its result is lost, scattered data are gone and all that needs them is cancelled.

        Raises
        ------
        ConnectionError
            If no worker is there within ten seconds.
        """
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ConnectionError(
                f"the Dask scheduler at {self._address} has no workers; start one with `dask "
                f"worker {self._address}`, then resume the fit"
            ) from error
        return self._client.submit(_identity, data, pure=False, retries=5)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection; the cluster goes on without it."""
        self._client.close()


def cluster_executor(address: str) -> ClusterExecutor:
    """Return this process's one connection to a scheduler, made anew if it was lost."""
    with _connecting:
        found = _connections.get(address)
        if found is None or found.is_closed:
            found = _connections[address] = ClusterExecutor(address)
        return found


def default_executor() -> Executor:
    """Return the executor of the scheduler that `VARIABLE` names, else this process's threads.

    Only whoever starts the server can set it: a scheduler's answers are unpickled, so that its
    address is as good as code.
    """
    address = os.environ.get(VARIABLE, "")
    return cluster_executor(address) if address else local_executor()


def main() -> None:
    """Serve a scheduler and two workers of one thread each until interrupted."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, scheduler_port=PORT, dashboard_address=None
    ) as cluster:
        print(f"A Dask cluster of two workers is at {cluster.scheduler_address}; use it with")
        print(f"  {VARIABLE}={cluster.scheduler_address} make app", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


def _identity(data: Any) -> Any:
    return data


if __name__ == "__main__":
    main()
