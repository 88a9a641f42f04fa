"""The checkpoint of an unfinished fit: a file that belongs to one running fit.

A file is named by a digest of the fit's configuration and data, so that the fits of a
search can share a folder. A running fit holds a lock beside its file. The kernel
releases the lock when the process dies, so that the next fit with the same identity can
continue from the file. Another fit that runs at the same time gets its own file.
"""

from __future__ import annotations

import io
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch

import skecg
from skecg._files import (
    cleanup,
    collect_strays,
    expanded_path,
    is_open_file_at,
    lock_file,
    remove_if_dead,
    whole_file,
)
from skecg.classification.network._fit_identity import FitIdentity
from skecg.classification.network._plain_values import from_plain, to_plain

__all__ = ["FitCheckpoint", "claimed_checkpoint"]

_FORMAT = 1
_MAGIC = b"skecg checkpoint\n"
_DIGEST_SIZE = 32
_FACTS = "facts"  # the name of the entry with the JSON text
_SUFFIX = ".checkpoint"
_MOST_AT_ONCE = 64
"""Fits of the same configuration and data that may run at the same time."""

_STACKLEVEL = 8  # from a warning here to the caller of fit


class FitCheckpoint:
    """The checkpoint of a fit that runs in this process.

    Parameters
    ----------
    path : Path
        The file. A damaged one is reported.
    identity : FitIdentity
        Everything that determines the result of the fit.
    seed : int
        The seed of the fit, unless the file contains one.

    Attributes
    ----------
    seed : int
        The seed of the fit.
    state : dict of str to object, or None
        The state of the training to continue; None if there is none.

    Raises
    ------
    ValueError
        If the file belongs to another fit, or has another format.
    """

    def __init__(self, path: Path, identity: FitIdentity, seed: int) -> None:
        self._path = path
        self._identity = identity
        self.seed = seed
        self.state: dict[str, Any] | None = None
        try:
            facts, arrays = _read(path)
        except FileNotFoundError:
            return
        except _Damaged as error:
            warnings.warn(
                "checkpoint_dir contains a damaged checkpoint of this fit, "
                f"{str(path)!r} ({error}); the fit starts at the first epoch and "
                "replaces the checkpoint.",
                UserWarning,
                stacklevel=_STACKLEVEL,
            )
            return
        if facts["format"] != _FORMAT:
            raise ValueError(
                f"checkpoint_dir contains a checkpoint of format {facts['format']}, "
                f"{str(path)!r}, but this skecg reads format {_FORMAT}; continue with "
                "the version of skecg that wrote it, or delete the file."
            )
        difference = identity.difference(FitIdentity(**facts["identity"]))
        if difference:
            raise ValueError(
                f"checkpoint_dir contains {str(path)!r}, which has the name of this "
                f"fit's checkpoint, but belongs to a fit with another {difference}; "
                "delete the file, or restore its original name."
            )
        self.seed = facts["seed"]
        state = facts["state"]
        self.state = {k: from_plain(part, arrays) for k, part in state.items()}
        here, there = _environment(), facts["environment"]
        changed = [
            f"{name} {there.get(name)} before, {here[name]} now"
            for name in here
            if here[name] != there.get(name)
        ]
        if changed:
            warnings.warn(
                f"The fit continues {str(path)!r} in another environment "
                f"({'; '.join(changed)}); the last digits of the weights may differ "
                "from those of an uninterrupted fit.",
                UserWarning,
                stacklevel=_STACKLEVEL,
            )

    def write(self, state: dict[str, Any]) -> None:
        """Replace the file by the state of the training, in one atomic step.

        Parameters
        ----------
        state : dict of str to object
            Plain values and tensors.

        Raises
        ------
        TypeError
            If the state contains objects of other types.
        """
        arrays: dict[str, np.ndarray] = {}
        facts = {
            "format": _FORMAT,
            "identity": asdict(self._identity),
            "seed": self.seed,
            "environment": _environment(),
            "state": {k: to_plain(part, arrays, k) for k, part in state.items()},
        }
        content = io.BytesIO()
        text = np.array(json.dumps(facts))
        np.savez(content, allow_pickle=False, **{_FACTS: text, **arrays})
        payload = content.getbuffer()
        with whole_file(self._path) as file:
            file.write(_MAGIC + _digest(payload))
            file.write(payload)

    def remove(self) -> None:
        """Remove the file, because the fit is complete."""
        self._path.unlink(missing_ok=True)


@contextmanager
def claimed_checkpoint(
    directory: str | os.PathLike[str], identity: FitIdentity, seed: int
) -> Iterator[FitCheckpoint]:
    """Lock the checkpoint of a fit for the duration of the block.

    Parameters
    ----------
    directory : str or path
        The folder of checkpoints. It is created if it is missing.
    identity : FitIdentity
        Everything that determines the result of the fit.
    seed : int
        The seed of a new fit.

    Yields
    ------
    FitCheckpoint
        The checkpoint of a fit that was killed, or a new one.

    Raises
    ------
    ValueError
        If the file of this fit cannot be used, or too many fits with the same identity
        run at the same time.

    Warns
    -----
    UserWarning
        If the file is damaged, was written in another environment, or there are
        checkpoints of other fits that are not running.
    """
    folder = expanded_path("checkpoint_dir", directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"checkpoint_dir={os.fspath(directory)!r} must be a folder, or a path "
            f"where one can be created ({error})."
        ) from error
    collect_strays(folder)
    tokens = [identity.token(number) for number in range(_MOST_AT_ONCE)]
    # Continue a killed fit before starting a new one.
    tokens.sort(key=lambda token: not _file(folder, token).exists())
    descriptors: list[int] = []

    def release() -> None:
        if descriptors:
            # Unlink before unlocking, so that the lock of another fit stays.
            with suppress(OSError):
                if is_open_file_at(descriptors[0], lock):
                    lock.unlink()
            os.close(descriptors.pop())

    for token in tokens:
        lock = folder / f".fit.{token}.skecg"
        with cleanup(release):
            _try_lock(lock, descriptors)
            if not descriptors:
                continue
            _report_others(folder, set(tokens), identity)
            yield FitCheckpoint(_file(folder, token), identity, seed)
            return
    raise ValueError(
        f"checkpoint_dir={os.fspath(directory)!r} must be on a file system that "
        f"supports locks, but {_MOST_AT_ONCE} fits with the same configuration and "
        "data seem to be running in it; choose a local folder."
    )


def _file(folder: Path, token: str) -> Path:
    return folder / f"fit-{token}{_SUFFIX}"


def _try_lock(lock: Path, descriptors: list[int]) -> None:
    """Lock a file and add its descriptor, unless another fit holds the lock."""
    while not descriptors:
        descriptors.append(os.open(lock, os.O_RDWR | os.O_CREAT, 0o666))
        is_ours = lock_file(descriptors[0])
        if not is_ours or not is_open_file_at(descriptors[0], lock):
            os.close(descriptors.pop())
        if not is_ours:
            return


def _report_others(folder: Path, own: set[str], identity: FitIdentity) -> None:
    """Warn about checkpoints of other fits that are not running."""
    found = []
    for path in sorted(folder.glob(f"fit-*{_SUFFIX}")):
        token = path.name.removeprefix("fit-").removesuffix(_SUFFIX)
        with suppress(OSError):  # The other fit may end meanwhile.
            if token in own or not remove_if_dead(folder / f".fit.{token}.skecg"):
                continue
            try:
                other = FitIdentity(**_read(path)[0]["identity"])
                found.append((path, f"another {identity.difference(other)}"))
            except _Damaged as error:
                found.append((path, f"damage ({error})"))
    if found:
        path, reason = found[0]
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        warnings.warn(
            "checkpoint_dir contains the checkpoint of another unfinished fit, "
            f"{str(path)!r}, with {reason}{more}; this fit neither continues nor "
            "changes it. Delete it if that fit will not be run again.",
            UserWarning,
            stacklevel=_STACKLEVEL,
        )


class _Damaged(Exception):
    """Raised for a file that cannot be read, with the reason."""


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    content = path.read_bytes()
    start = len(_MAGIC) + _DIGEST_SIZE
    payload = content[start:]
    if content[:start] != _MAGIC + _digest(payload):
        raise _Damaged("its checksum does not match its content")
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return json.loads(str(arrays.pop(_FACTS))), arrays
    except (ValueError, KeyError) as error:
        raise _Damaged("it is not in the format of a checkpoint") from error


def _digest(content: Any) -> bytes:
    return blake2b(content, digest_size=_DIGEST_SIZE).digest()


def _environment() -> dict[str, str]:
    """Return parts of the environment that may change the last digits of weights."""
    return {
        "skecg": skecg.__version__,
        "torch": str(torch.__version__),
        "threads": str(torch.get_num_threads()),
        "instruction set": torch.backends.cpu.get_cpu_capability(),
    }
