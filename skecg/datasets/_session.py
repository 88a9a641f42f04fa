"""HTTP sessions with retries and a time limit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from urllib3 import BaseHTTPResponse, PoolManager, Retry
from urllib3.exceptions import InvalidHeader

__all__ = ["open_session"]

_N_RETRIES = 3
# A request is repeated after these status codes only.
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_WAIT = 120.0


@contextmanager
def open_session(seconds: float) -> Iterator[requests.Session]:
    """Open a session for one download.

    Parameters
    ----------
    seconds : float
        The longest time from a request to the end of its response, redirections
        included. Each retry has the same limit, and waits between retries do not
        count.

    Yields
    ------
    Session
        The session.

    Raises
    ------
    OSError
        If the time limit is exceeded. This error replaces the one that the block
        raises then.
    """
    limit = _TimeLimit(seconds)
    retry = _Retry(
        total=_N_RETRIES,
        status_forcelist=_TRANSIENT,
        allowed_methods={"GET"},
        backoff_factor=1,
        raise_on_status=False,
    )
    retry.limit = limit
    try:
        with requests.Session() as session:
            session.headers.update(
                {"User-Agent": "skecg", "Accept-Encoding": "identity"}
            )
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter(limit, max_retries=retry))
            limit.start()
            yield session
    except Exception:
        # After a shutdown, a connection raises one of many errors, or none.
        if not limit.is_over:
            raise
    finally:
        limit.close()
    limit.check()


class _TimeLimit:
    """Time limit that shuts down the connections of a session.

    The timeout of a socket does not limit the time of a response: it never expires
    while the server sends one byte per second.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self._sockets: list[socket.socket] = []

    def start(self) -> None:
        self._timer = threading.Timer(self._seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def check(self) -> None:
        if self.is_over:
            raise OSError(f"it took longer than {self._seconds:.0f} s")

    def watch(self, connected: socket.socket) -> None:
        # TLS detaches the socket; a duplicate shuts down the same connection.
        self._sockets.append(connected.dup())
        self.check()

    def close(self) -> None:
        self.stop()
        for copy in self._sockets:
            copy.close()

    def _end(self) -> None:
        self.is_over = True
        for copy in self._sockets:
            with suppress(OSError):
                copy.shutdown(socket.SHUT_RDWR)


class _Retry(Retry):
    """Retries that wait for the time of Retry-After, up to a limit."""

    limit: _TimeLimit

    def new(self, **changes: Any) -> _Retry:
        retry = super().new(**changes)
        retry.limit = self.limit
        return retry

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        self.limit.stop()
        self.limit.check()
        super().sleep(response)
        self.limit.start()

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            wait = super().get_retry_after(response)
        except InvalidHeader:
            return None
        if wait is not None and wait > _LONGEST_WAIT:
            raise OSError(
                f"status {response.status} with a Retry-After of more than "
                f"{_LONGEST_WAIT:.0f} s"
            )
        return wait


class _Adapter(requests.adapters.HTTPAdapter):
    """An HTTP adapter with a time limit for its connections, proxies included."""

    def __init__(self, limit: _TimeLimit, **options: Any) -> None:
        self._limit = limit
        super().__init__(**options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        _watch(self.poolmanager, self._limit)

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if is_new:
            _watch(manager, self._limit)
        return manager


def _watch(manager: PoolManager, limit: _TimeLimit) -> None:
    """Register all future connections of a pool manager with a time limit."""

    def watched(pool: Any) -> Any:
        class Connection(pool.ConnectionCls):
            def _new_conn(self) -> socket.socket:
                connected = super()._new_conn()
                limit.watch(connected)
                return connected

        return type(pool.__name__, (pool,), {"ConnectionCls": Connection})

    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {
        scheme: watched(pool) for scheme, pool in pools.items()
    }
