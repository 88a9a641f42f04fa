"""The server or folder that files are downloaded or copied from."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import os
import shutil
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BufferedRandom
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from skecg._files import whole_file

__all__ = ["Source"]

# A download of n bytes may take 60 s and n / 5,000 s.
_PATIENCE = 60.0
_SLOWEST = 5_000
_SOCKET_TIMEOUT = 30.0
_N_ATTEMPTS = 4
# Errors that may be gone later; others are final.
_TRANSIENT = {408, 429, 500, 502, 503, 504}
_LONGEST_WAIT = 120.0
_CHUNK = 1 << 16


class _DownloadError(OSError):
    """A download that failed; `wait` is None if another attempt is useless."""

    def __init__(self, reason: str, wait: float | None = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True)
class Source:
    """A server or folder with the files of a data set.

    Parameters
    ----------
    name : str
        The address or folder, without credentials, for messages.
    folder : Path or None
        The folder; None for a server.
    authorization : str or None
        The value of the Authorization header.
    """

    name: str
    folder: Path | None = None
    authorization: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str | os.PathLike[str]) -> Source:
        """Parse an http(s) or file URL, or the path of a folder.

        Parameters
        ----------
        url : str or path
            The URL or path.

        Returns
        -------
        Source
            The source.

        Raises
        ------
        ValueError
            If it is neither an http(s) URL nor an existing folder.
        """
        text = os.fspath(url)
        folder = Path(text).expanduser()
        parts = _split(text)
        if parts is None:
            pass
        elif parts.scheme in ("http", "https") and parts.hostname:
            host = parts.netloc.rpartition("@")[2]
            bare = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
            return cls(bare, authorization=_basic(parts))
        elif parts.scheme == "file" and parts.netloc in ("", "localhost"):
            folder = Path(urllib.request.url2pathname(parts.path))
        if not folder.is_dir():
            raise ValueError(
                "base_url (or the environment variable SKECG_MIRROR) must be an "
                f"http(s) or file URL or an existing folder, got {_redacted(text)!r}; "
                "give the one above mitdb/1.0.0/."
            )
        return cls(str(folder), folder)

    def fetch(self, name: str, target: Path, *, size: int, sha256: str) -> None:
        """Bring a file to its place, verified and whole.

        Parameters
        ----------
        name : str
            The path of the file in the source.
        target : Path
            The file to create or to replace.
        size : int
            Its size in bytes.
        sha256 : str
            Its digest.

        Raises
        ------
        OSError
            If no attempt brought the file, or it cannot be written.
        """
        for attempt in range(1, _N_ATTEMPTS + 1):
            try:
                with whole_file(target) as file:
                    self._copy_to(file, name, size)
                    file.seek(0)
                    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                        raise _DownloadError("its SHA-256 is another than published")
                return
            except _DownloadError as error:
                if error.wait is None or attempt == _N_ATTEMPTS:
                    raise
                _sleep(max(error.wait, attempt))

    def _copy_to(self, file: BufferedRandom, name: str, size: int) -> None:
        if self.folder is not None:
            with (self.folder / name).open("rb") as original:
                shutil.copyfileobj(original, file)
            return
        n_bytes = 0
        chunks = _chunks(f"{self.name}/{name}", self.authorization, size)
        with closing(chunks):
            for chunk in chunks:
                n_bytes += len(chunk)
                if n_bytes > size:
                    raise _DownloadError(f"it is larger than {size} bytes")
                file.write(chunk)
        if n_bytes < size:
            raise _DownloadError(f"{n_bytes} of {size} bytes came")


def _split(text: str) -> SplitResult | None:
    """Return the parts of a URL, or None for a path."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # Raises ValueError if it is no number.
    except ValueError:
        return None
    # "C:\\data" is a path, and so is "httpdocs".
    return parts if "://" in text or parts.scheme == "file" else None


def _redacted(text: str) -> str:
    """Return a URL without user, password, query and fragment."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    rest = rest.partition("#")[0].partition("?")[0]
    host, slash, path = rest.partition("/")
    # A password may contain a slash, which makes the URL invalid.
    if "@" in rest:
        host, slash, path = rest.rpartition("@")[2].partition("/")
    return f"{scheme}://{host}{slash}{path}"


def _basic(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def _chunks(
    url: str, authorization: str | None, size: int
) -> Generator[bytes, None, None]:
    """Yield what a server sends, as _DownloadError if it does not."""
    request = urllib.request.Request(url, headers={"User-Agent": "skecg"})
    if authorization is not None:
        # Not sent to another server that this one redirects to.
        request.add_unredirected_header("Authorization", authorization)
    limit = _PATIENCE + size / _SLOWEST
    with _deadline(limit) as (connections, is_over):
        try:
            opener = _opener(connections)
            with opener.open(request, timeout=_SOCKET_TIMEOUT) as response:
                announced = response.headers.get("Content-Length", "")
                if announced.isdecimal() and int(announced) > size:
                    raise _DownloadError(
                        f"the server announces {announced} bytes, and {size} are "
                        "published"
                    )
                # read1 returns what is there, so that slow servers are found out.
                while chunk := response.read1(_CHUNK):
                    yield chunk
        except _DownloadError:
            raise
        except urllib.error.HTTPError as error:
            with error:
                raise _http_error(error) from None
        except (OSError, HTTPException, ValueError) as error:
            if is_over.is_set():
                reason = f"it took longer than {limit:.0f} s"
                raise _DownloadError(reason) from error
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            raise _DownloadError(reason) from error
        if is_over.is_set():
            raise _DownloadError(f"it took longer than {limit:.0f} s")


def _http_error(error: urllib.error.HTTPError) -> _DownloadError:
    """Return the error of a status, with the wait that the server asks for."""
    reason = f"status {error.code} {error.reason}"
    if error.code not in _TRANSIENT:
        return _DownloadError(reason, wait=None)
    wait = _retry_after(error.headers.get("Retry-After", ""))
    if wait > _LONGEST_WAIT:
        return _DownloadError(
            f"{reason}; the server asks to come back in {wait:.0f} s", wait=None
        )
    return _DownloadError(reason, wait)


def _retry_after(value: str) -> float:
    """Return the seconds of a Retry-After header, which may be a date."""
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


@contextmanager
def _deadline(seconds: float) -> Iterator[tuple[list[HTTPConnection], threading.Event]]:
    """Shut down connections when time is over, which ends reads that wait."""
    connections: list[HTTPConnection] = []
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        for connection in connections:
            for end_point in (connection.sock, getattr(connection, "opened", None)):
                if end_point is None:
                    continue
                # An SSL socket is shut down as the socket that it is.
                with suppress(OSError):
                    socket.socket.shutdown(end_point, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield connections, is_over
    finally:
        timer.cancel()


def _opener(connections: list[HTTPConnection]) -> urllib.request.OpenerDirector:
    """Return an opener of http(s) URLs that notes its connections."""

    def note(kind: type[HTTPConnection], *arguments: Any, **options: Any) -> Any:
        class Noted(kind):  # type: ignore[valid-type, misc]
            def connect(self) -> None:
                connections.append(self)
                super().connect()
                # The response takes the socket from the connection.
                self.opened = self.sock

        return Noted(*arguments, **options)

    class Http(urllib.request.HTTPHandler):
        def http_open(self, request: Any) -> Any:
            return self.do_open(partial(note, HTTPConnection), request)

    class Https(urllib.request.HTTPSHandler):
        def https_open(self, request: Any) -> Any:
            kind = partial(note, HTTPSConnection, context=_ssl_context())
            return self.do_open(kind, request)

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        Http,
        Https,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _ssl_context() -> ssl.SSLContext:
    """Return the system's certificates, and those of certifi where it is installed."""
    context = ssl.create_default_context()
    with suppress(ImportError, OSError):
        import certifi

        context.load_verify_locations(certifi.where())
    return context


_sleep = time.sleep
