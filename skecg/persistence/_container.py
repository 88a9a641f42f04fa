"""The bytes of a model file: a line with a checksum, followed by a zip archive.

The line contains the format number, the size of the archive and a SHA-256 of all other
bytes of the file. It is checked before anything else is read.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

__all__ = ["FORMAT", "MAGIC", "Container", "pack", "read_container"]

FORMAT = 1
"""The format that is written. The package keeps a reader for each older format."""

MAGIC = b"skecg model file "
"""The first bytes of a model file."""

_LINE = re.compile(rb"(skecg model file (\d{4}) (\d{16}) )([0-9a-f]{64})\n")
_LINE_SIZE = len(MAGIC) + 4 + 1 + 16 + 1 + 64 + 1
_NAME = re.compile(r"(card|schema)\.json|\d{1,9}\.(npy|bin)")
_UTF8_NAME = 0x800  # a flag of a zip entry


@dataclass(frozen=True)
class Container:
    """The content of a model file.

    Parameters
    ----------
    format : int
        Its format.
    archive : bytes
        The zip archive, after its checksum was verified.
    """

    format: int
    archive: bytes

    def entries(self) -> dict[str, bytes]:
        """Return the entries of the archive, and refuse those that `pack` cannot write.

        Returns
        -------
        dict of str to bytes
            The entries by name.

        Raises
        ------
        ValueError
            If an entry is refused; the message contains only the reason.
        """
        return _entries(self.archive)


def pack(entries: Mapping[str, bytes]) -> tuple[bytes, bytes]:
    """Return the first line and the archive of a model file.

    Parameters
    ----------
    entries : mapping of str to bytes
        The entries of the archive by name. They are not compressed, so that no entry
        can be larger than the file.

    Returns
    -------
    line : bytes
        The first line.
    archive : bytes
        The zip archive.
    """
    buffer = BytesIO()
    with ZipFile(buffer, "w", compression=ZIP_STORED) as archive:
        for name, content in entries.items():
            # ZipInfo has a fixed date, so that the same model gives the same bytes.
            archive.writestr(ZipInfo(name), content)
    body = buffer.getvalue()
    start = MAGIC + f"{FORMAT:04d} {len(body):016d} ".encode()
    return start + _digest(start, body).encode() + b"\n", body


def read_container(path: str) -> Container:
    """Read a model file and verify its checksum.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    Container
        Its content.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is not a model file, is damaged or has a newer format.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"path must be a model file, but {path!r} does not exist; check the path."
        ) from error
    if not stat.S_ISREG(mode):
        # Opening a pipe would block.
        raise ValueError(
            f"path must be a model file, but {path!r} is not a regular file; pass a "
            "file that save_model has written."
        )
    with open(path, "rb") as file:
        line = file.read(_LINE_SIZE)
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(_no_model_file(path, line))
        size = os.fstat(file.fileno()).st_size - _LINE_SIZE
        if size != int(match[3]):
            raise ValueError(
                f"path must be a complete model file, but {path!r} has {size:,} bytes "
                f"after its first line instead of {int(match[3]):,}; copy or download "
                "it again."
            )
        try:
            body = file.read()
        except MemoryError as error:
            raise ValueError(
                f"path must be a model file that fits in memory, but {path!r} has "
                f"{size:,} bytes; load it on a machine with more memory."
            ) from error
    if _digest(match[1], body) != match[4].decode():
        raise ValueError(
            f"path must be an intact model file, but the checksum of {path!r} does not "
            "match its content, which was damaged or changed; copy or download it "
            "again."
        )
    if int(match[2]) > FORMAT:
        raise ValueError(
            f"path must be a model file of a format up to {FORMAT}, but {path!r} has "
            f"format {int(match[2])}; upgrade skecg to load it."
        )
    return Container(int(match[2]), body)


def _digest(start: bytes, body: bytes) -> str:
    digest = hashlib.sha256(start)
    digest.update(b"\n")
    digest.update(body)
    return digest.hexdigest()


def _no_model_file(path: str, line: bytes) -> str:
    """Return the reason for refusing a file with another first line."""
    if line.startswith(b"PK"):
        reason = (
            "is a zip archive without a checksum; if skops.io.dump has written it, "
            "load it with skops.io.load and write it again with save_model"
        )
    elif line.startswith(b"\x80"):
        reason = (
            "looks like a pickle; loading a pickle can run any code, so use "
            "joblib.load, only for files from sources that you trust"
        )
    elif line.startswith(MAGIC[:8]):
        reason = "has a damaged first line; copy or download it again"
    elif not line:
        reason = "is empty; copy or download it again"
    else:
        reason = "does not start like one; pass a file that save_model has written"
    return f"path must be a model file, but {path!r} {reason}."


def _entries(body: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        with ZipFile(BytesIO(body)) as archive:
            for info in archive.infolist():
                _check_entry(info, found)
                found[info.filename] = b""
            if sum(info.file_size for info in archive.infolist()) > len(body):
                raise ValueError("its entries overlap")
            for info in archive.infolist():
                found[info.filename] = archive.read(info)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ValueError(f"its archive cannot be read ({error})") from error
    for name in ("schema.json", "card.json"):
        if name not in found:
            raise ValueError(f"it has no {name}")
    return found


def _check_entry(info: ZipInfo, seen: Mapping[str, bytes]) -> None:
    """Refuse an entry that `pack` does not write."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    reason = None
    if not _NAME.fullmatch(info.orig_filename) or info.filename != info.orig_filename:
        reason = "has a name that model files do not use"
    elif info.filename in seen:
        reason = "occurs twice"
    elif kind not in (0, stat.S_IFREG):
        reason = "is a link or not a regular file"
    elif info.compress_type != ZIP_STORED or info.file_size != info.compress_size:
        reason = "is compressed, so that it could have any size"
    elif info.flag_bits & ~_UTF8_NAME:
        reason = "is encrypted or has other unknown flags"
    if reason is not None:
        raise ValueError(f"its entry {info.orig_filename[:80]!r} {reason}")
