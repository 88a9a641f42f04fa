"""Sources of files: servers for downloads, and folders for copies."""

from __future__ import annotations

import logging
import os
import re
import shutil
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
from urllib3.exceptions import HTTPError

from skecg._files import expanded_path, work_folder
from skecg.datasets._session import open_session

__all__ = ["AbsentFile", "Source"]

# The time limit of a download of n bytes is 60 s + n / (5,000 bytes/s).
_BASE_SECONDS = 60.0
_SLOWEST = 5_000
_TIMEOUT = (30.0, 30.0)
_N_RETRIES = 3
_CHUNK = 1 << 14


class AbsentFile(FileNotFoundError):
    """A file that the server or folder does not contain."""


@dataclass(frozen=True)
class Source:
    """A server or folder with the files of a data set; messages show its name."""

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
            _ = parts.port  # Raises ValueError if it is not a number.
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
                f"http(s) or file URL or an existing folder, got {bare!r}; pass the "
                "one that contains mitdb/1.0.0/ or svdb/1.0.0/."
            )
        return cls(str(folder), folder)

    def fetch(self, name: str, target: Path, *, size: int, sha256: str) -> None:
        """Fetch a file, verify it and move it to its target.

        Raises AbsentFile if the source does not contain the file, and OSError if it
        cannot be fetched intact.
        """
        # pooch verifies the file, but does not remove the parts that killed runs leave.
        with work_folder(target.parent, "download") as part, _quiet_pooch():
            store = pooch.create(
                path=part,
                base_url=self.name,
                registry={target.name: sha256},
                urls={target.name: f"{self.name}/{name}"},
                retry_if_failed=_N_RETRIES if self.folder is None else 0,
            )
            try:
                store.fetch(target.name, downloader=partial(self._download, size))
            except ValueError as error:  # The digest differs.
                raise OSError(str(error)) from None
            os.replace(part / target.name, target)

    def _download(self, size: int, url: str, output_file: str, _: Any) -> None:
        """Download a file, with the signature of a pooch downloader."""
        # pooch creates a file that only its owner can read, but data homes are shared.
        Path(output_file).unlink()
        if self.folder is not None:
            if not Path(url).exists():
                raise AbsentFile(f"{url} does not exist")
            shutil.copyfile(url, output_file)
            return
        seconds = _BASE_SECONDS + size / _SLOWEST
        with open(output_file, "xb") as file, open_session(seconds) as session:
            try:
                response = session.get(
                    url, auth=self.auth, stream=True, timeout=_TIMEOUT
                )
            except requests.RequestException as error:
                # pooch retries after errors of requests, but the session already has.
                raise OSError(str(error)) from None
            with response:
                for chunk in _chunks(response, size):
                    file.write(chunk)


def _chunks(response: requests.Response, size: int) -> Iterator[bytes]:
    """Yield the chunks of a response; raise OSError if they exceed the size."""
    if response.status_code != 200:
        is_absent = response.status_code in (404, 410)
        kind = AbsentFile if is_absent else OSError
        raise kind(f"status {response.status_code} {response.reason}")
    n_bytes = 0
    try:
        while chunk := response.raw.read1(_CHUNK):
            n_bytes += len(chunk)
            if n_bytes > size:
                raise OSError(f"it is larger than {size} bytes")
            yield chunk
    except HTTPError as error:
        raise requests.ConnectionError(str(error)) from None


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Silence pooch's log line per file, which breaks the progress bar."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
