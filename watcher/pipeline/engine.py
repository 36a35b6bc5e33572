"""Where the reading of hosts runs: anything that maps a function over batches will do.

The function is pure of our state and its arguments are plain data, so the same call runs in
this thread, in many, or on a cluster; writing stays here, with the one SQLite writer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from threading import Event

from watcher.core.errors import ConfigError
from watcher.core.model import HostBatch, Observation

ReadHost = Callable[[HostBatch], list[Observation]]
Mapper = Callable[[ReadHost, Iterable[HostBatch]], Iterable[list[Observation]]]


def inline(read: ReadHost, batches: Iterable[HostBatch]) -> Iterator[list[Observation]]:
    """One host after another, in this thread."""
    yield from map(read, batches)


@contextmanager
def engine(name: str, workers: int, stopping: Event | None = None) -> Iterator[Mapper]:
    """The mapper that `name` stands for: `local`, or `dask://HOST:PORT`.

    Once `stopping` is set, what a thread still reads is not waited for. Raises ConfigError if
    the name is not known, its package is missing or nothing answers there.
    """
    if name == "local":
        executor = ThreadPoolExecutor(workers, thread_name_prefix="host")
        try:
            yield _as_they_come(executor)
        finally:
            executor.shutdown(wait=stopping is None or not stopping.is_set(), cancel_futures=True)
    elif name.startswith(("dask://", "dask+tls://")):
        with _dask(name) as cluster:
            yield _as_they_come(cluster)
    else:
        raise ConfigError(f'--engine {name}: not known: write "local" or "dask://HOST:PORT"')


def _as_they_come(executor: Executor) -> Mapper:
    """Results in the order in which hosts finish: a slow one holds nobody up."""

    def mapper(read: ReadHost, batches: Iterable[HostBatch]) -> Iterator[list[Observation]]:
        futures = {executor.submit(read, batch) for batch in batches}
        try:
            for future in as_completed(futures):
                futures.discard(future)  # let the bodies go once they are written
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    return mapper


@contextmanager
def _dask(name: str) -> Iterator[Executor]:
    """A cluster's executor. Every worker must have this package installed.

    An open TCP scheduler runs anyone's code: `dask+tls://` outside a closed network.
    """
    try:
        from distributed import Client
    except ImportError as exc:
        raise ConfigError(
            f'--engine {name}: install the extra first: pip install "statement-watcher[cluster]"'
        ) from exc
    address = name.replace("dask+tls://", "tls://").replace("dask://", "tcp://")
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError) as exc:
        raise ConfigError(f"--engine {name}: no scheduler answers there: {exc}") from exc
    with client:
        yield client.get_executor(pure=False)
