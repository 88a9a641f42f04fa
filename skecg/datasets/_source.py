"""The server or folder that files are downloaded or copied from."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pooch
import requests
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError, InvalidHeader

from skecg._files import expanded_path

__all__ = ["Source"]

# A download of n bytes may take 60 s and n / 5,000 s.
_PATIENCE = 60.0
_SLOWEST = 5_000
_TIMEOUT = (30.0, 30.0)
_N_RETRIES = 3
# Errors that may be gone later; others are final.
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_WAIT = 120.0
_CHUNK = 1 << 14


@dataclass(frozen=True)
class Source:
    """A server, or a folder, with the files of a data set; the name is for messages."""

    name: str
    folder: Path | None = None
    auth: tuple[bytes, ...] | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str | os.PathLike[str]) -> Source:
        """Parse an http(s) or file URL, or the path of a folder."""
        text = os.fspath(url)
        folder = expanded_path("base_url", text)
        try:
            parts = urlsplit(text)
            _ = parts.port  # Raises ValueError if it is no number.
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in ("http", "https") and parts.hostname:
            host = parts.netloc.rpartition("@")[2]
            pair = requests.utils.get_auth_from_url(text)
            auth = tuple(part.encode() for part in pair) if any(pair) else None
            return cls(f"{parts.scheme}://{host}{parts.path.rstrip('/')}", None, auth)
        if parts.scheme == "file" and parts.netloc in ("", "localhost"):
            folder = Path(url2pathname(parts.path))
        if not folder.is_dir():
            # A password may contain a slash, which makes the URL invalid.
            bare = re.sub(r"(?<=://).*@", "", text)
            raise ValueError(
                "base_url (or the environment variable SKECG_MIRROR) must be an "
                f"http(s) or file URL or an existing folder, got {bare!r}; give the "
                "one above mitdb/1.0.0/."
            )
        return cls(str(folder), folder)

    def fetch(self, name: str, target: Path, *, size: int, sha256: str) -> None:
        """Bring a file to its place, verified and whole, or raise OSError."""
        # pooch writes under a name of its own beside the target, verifies, and then
        # renames. It leaves a good file that another process has brought.
        store = pooch.create(
            path=target.parent,
            base_url=self.name,
            registry={target.name: sha256},
            urls={target.name: f"{self.name}/{name}"},
            retry_if_failed=_N_RETRIES if self.folder is None else 0,
        )
        with _quiet_pooch():
            try:
                store.fetch(target.name, downloader=partial(self._download, size))
            except ValueError as error:  # Another digest.
                raise OSError(str(error)) from None

    def _download(self, size: int, url: str, output_file: str, _: Any) -> None:
        """Be pooch's downloader."""
        # The file that pooch has made is its owner's alone, and data homes are shared.
        Path(output_file).unlink()
        if self.folder is not None:
            shutil.copyfile(url, output_file)
            return
        with open(output_file, "xb") as file, _session() as session:
            try:
                response = session.get(
                    url, auth=self.auth, stream=True, timeout=_TIMEOUT
                )
            except requests.RequestException as error:
                # pooch repeats after errors of requests, which has done so here.
                raise OSError(str(error)) from None
            with response:
                for chunk in _chunks(response, size):
                    file.write(chunk)


class _Retry(Retry):
    """Retries that wait as long as the server asks for, if that is not too long."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            wait = super().get_retry_after(response)
        except InvalidHeader:
            return None
        if wait is not None and wait > _LONGEST_WAIT:
            raise OSError(
                f"status {response.status}, and the server asks to wait longer than "
                f"{_LONGEST_WAIT:.0f} s"
            )
        return wait


def _session() -> requests.Session:
    session = requests.Session()
    session.headers.update({"User-Agent": "skecg", "Accept-Encoding": "identity"})
    retry = _Retry(
        total=_N_RETRIES,
        status_forcelist=_TRANSIENT,
        allowed_methods={"GET"},
        backoff_factor=1,
        raise_on_status=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=retry))
    return session


def _chunks(response: requests.Response, size: int) -> Iterator[bytes]:
    """Yield what a server sends, until it is too much or takes too long."""
    if response.status_code != 200:
        raise OSError(f"status {response.status_code} {response.reason}")
    limit = _PATIENCE + size / _SLOWEST
    end = time.monotonic() + limit
    n_bytes = 0
    try:
        # read1 returns what is there, so that slow servers are found out.
        while chunk := response.raw.read1(_CHUNK):
            n_bytes += len(chunk)
            if n_bytes > size:
                raise OSError(f"it is larger than {size} bytes")
            if time.monotonic() > end:
                raise OSError(f"it took longer than {limit:.0f} s")
            yield chunk
    except HTTPError as error:
        raise requests.ConnectionError(str(error)) from None


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep pooch's line per file from breaking the progress bar."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
