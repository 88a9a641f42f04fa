"""Read randomly damaged recordings, and count the outcomes."""

import os
import random
import re
import resource
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from skecg.recordings import Recording, read_recording

__all__ = ["READERS", "check_case", "run_fuzz", "write_valid"]

# Limits of a case; the files have a few kilobytes.
_MAX_SECONDS = 60
_MAX_BYTES = 256 << 20
_NUMBERS = ("0", "1", "-1", "2", "3", "99", "1e9", "0.0001", "65536", "999999999999")


def _signal(n_samples: int, n_leads: int = 2) -> Any:
    rng = np.random.default_rng(0)
    beats = np.sin(np.arange(n_samples) / 40) ** 8
    return beats[:, np.newaxis] + rng.normal(0, 0.05, (n_samples, n_leads))


def _write_wfdb(folder: Path) -> None:
    with warnings.catch_warnings():
        # wfdb 4.3 calls functions that pandas 3.1 deprecates.
        warnings.simplefilter("ignore")
        import wfdb

        for name, form in (("a", "16"), ("b", "212"), ("c", "524"), ("d", "24")):
            wfdb.wrsamp(
                name,
                fs=250,
                units=["mV", "mV"],
                sig_name=["II", "V1"],
                p_signal=_signal(300),
                fmt=[form, form],
                write_dir=str(folder),
            )
    (folder / "fixed.hea").write_text("fixed/2 2 250 600\na 300\nb 300\n")
    (folder / "lay.hea").write_text("lay 2 250 0\n~ 0 200 0 0 0 0 0 II\n~ 0 200 V1\n")
    (folder / "variable.hea").write_text(
        "variable/4 2 250 700\nlay 0\na 300\n~ 100\nc 300\n"
    )


def _write_edf(folder: Path) -> None:
    import edfio

    leads = _signal(1000)
    signals = [
        edfio.EdfSignal(
            leads[:, i].copy(), 250, label=f"ECG {name}", physical_dimension="mV"
        )
        for i, name in enumerate(("II", "V1"))
    ]
    resp = edfio.EdfSignal(_signal(100, 1)[:, 0], 25, label="Resp")
    notes = [edfio.EdfAnnotation(1, None, "start")]
    recording = edfio.Recording(startdate=datetime(2020, 1, 2).date())
    edfio.Edf([*signals, resp]).write(folder / "plain.edf")
    plus = edfio.Edf(signals, annotations=notes, recording=recording)
    plus.write(folder / "plus.edf")
    whole = (folder / "plus.edf").read_bytes()
    (folder / "gaps.edf").write_bytes(whole.replace(b"EDF+C", b"EDF+D", 1))


def _table(n_samples: int = 400) -> pd.DataFrame:
    table = pd.DataFrame(_signal(n_samples).round(3), columns=["II", "V1 [mV]"])
    table.insert(0, "time", (np.arange(n_samples) / 250).round(3))
    return table


def _write_csv(folder: Path) -> None:
    table = _table()
    table.to_csv(folder / "plain.csv", index=False)
    table.to_csv(folder / "comma.csv", index=False, sep=";", decimal=",")
    table["time"] = pd.date_range("2020-01-02", periods=len(table), freq="4ms")
    table.to_csv(folder / "dates.tsv", index=False, sep="\t")


def _write_parquet(folder: Path) -> None:
    table = _table()
    table.to_parquet(folder / "plain.parquet", index=False)
    dates = pd.date_range("2020-01-02", periods=len(table), freq="4ms", tz="UTC")
    table.drop(columns="time").set_index(dates).to_parquet(folder / "dates.parquet")


def _write_npy(folder: Path) -> None:
    leads = _signal(400)
    np.save(folder / "plain.npy", leads.astype(np.float32))
    np.save(folder / "wide.npy", np.asfortranarray(leads))
    np.save(folder / "counts.npy", (leads * 9).astype(np.int16))


# Reader: function that writes files, suffix, arguments that the files do not contain.
READERS: dict[str, tuple[Callable[[Path], None], str, dict[str, Any]]] = {
    "csv": (_write_csv, "*sv", {}),
    "edf": (_write_edf, "*.edf", {}),
    "npy": (_write_npy, "*.npy", {"fs": 250}),
    "parquet": (_write_parquet, "*.parquet", {}),
    "wfdb": (_write_wfdb, "*.hea", {}),
}


def write_valid(reader: str) -> dict[str, bytes]:
    """Return valid files of a format, by name."""
    with tempfile.TemporaryDirectory() as folder:
        READERS[reader][0](Path(folder))
        return {x.name: x.read_bytes() for x in sorted(Path(folder).iterdir())}


def check_case(reader: str, valid: dict[str, bytes], folder: Path, seed: str) -> str:
    """Damage one file, read the recording, and return the outcome.

    Parameters
    ----------
    reader : str
        One of :data:`READERS`.
    valid : dict of str to bytes
        Its valid files, from :func:`write_valid`.
    folder : Path
        An empty folder. Its files are deleted afterwards.
    seed : str
        The seed of the damage.

    Returns
    -------
    str
        "read", "refused", or a description that starts with "fault".
    """
    _, pattern, arguments = READERS[reader]
    rng = random.Random(seed)
    harmed = rng.choice(sorted(valid))
    for name, content in valid.items():
        (folder / name).write_bytes(
            _damage(content, rng) if name == harmed else content
        )
    # Read the damaged file directly, or through the header that names it.
    readable = [x for x in folder.glob(pattern) if x.name == harmed]
    path = rng.choice(readable or sorted(folder.glob(pattern)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            outcome = _outcome(path, arguments)
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if more * 1024 > _MAX_BYTES:
            outcome = f"fault: {more / 1024:.0f} MiB of memory"
        left = {x.name for x in folder.iterdir()} - set(valid)
        return f"fault: left {sorted(left)}" if left else outcome
    finally:
        for file in folder.iterdir():
            file.unlink()


def _outcome(path: Path, arguments: dict[str, Any]) -> str:
    try:
        recording = read_recording(path, **arguments)
    except (ValueError, FileNotFoundError) as error:
        text = str(error)
        is_sentence = re.match(r"(path|signal|fs|leads|units|start|name) ", text)
        if not is_sentence or "\n" in text or not text.endswith(".") or len(text) > 900:
            return f"fault: {type(error).__name__}: {text[:200]}"
        return "refused"
    except Exception as error:
        return f"fault: {type(error).__name__}: {str(error)[:200]}"
    signal_ = recording.signal
    is_sound = isinstance(recording, Recording) and not np.isinf(signal_).any()
    return "read" if is_sound and len(signal_) > 1 else "fault: an unsound recording"


def _damage(content: bytes, rng: random.Random) -> bytes:
    """Return a file with one to three kinds of damage."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        if not data:
            break
        # Half of the damage is in the header.
        end = len(data) if rng.random() < 0.5 else min(len(data), 800)
        at = rng.randrange(end)
        size = rng.choice((1, 2, 8, 100, 1000))
        kind = rng.randrange(8)
        if kind == 0:
            for _ in range(rng.randint(1, 8)):
                data[rng.randrange(end)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at : at + size]
        elif kind == 3:
            data[at:at] = data[at : at + size]
        elif kind == 4:
            data[at : at + size] = rng.randbytes(size)
        elif kind == 5:
            data[at : at + size] = bytes(size)
        else:
            numbers = list(re.finditer(rb"-?\d+\.?\d*", bytes(data[:end])))
            if numbers:
                found = rng.choice(numbers)
                number = rng.choice(_NUMBERS).encode()
                # Half of them keep the positions of fixed-width fields.
                if rng.random() < 0.5:
                    number = number.ljust(found.end() - found.start())
                data[found.start() : found.end()] = number
    return bytes(data)


def run_fuzz(readers: list[str], seconds: float, seed: int) -> bool:
    """Fuzz each reader for a number of CPU seconds, and print the counts.

    Returns
    -------
    bool
        Whether there was no fault.
    """
    is_sound = True
    for reader in readers:
        counts: Counter[str] = Counter()
        examples: dict[str, str] = {}
        used, case = 0.0, 0
        while used < seconds:
            outcomes, spent = _forked(reader, case, seconds - used, seed)
            used += max(spent, 0.1)
            for outcome in outcomes:
                # Group faults that differ only in numbers.
                kind = re.sub(r"\d+", "N", outcome)
                counts[kind] += 1
                examples.setdefault(kind, f"{reader}-{seed}-{case}: {outcome}")
                case += 1
        faults = {kind: n for kind, n in counts.items() if kind.startswith("fault")}
        is_sound = is_sound and not faults
        print(
            f"{reader}: {case:,} files in {used:.0f} CPU seconds: {counts['read']:,} "
            f"read, {counts['refused']:,} refused, {sum(faults.values())} faults"
        )
        for kind, number in faults.items():
            print(f"  {number} x {examples[kind]}")
    return is_sound


def _forked(
    reader: str, first: int, seconds: float, seed: int
) -> tuple[list[str], float]:
    """Run cases in a separate process until the time is over or it crashes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    receive, send = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(receive)
        with os.fdopen(send, "w", buffering=1) as pipe:
            _cases(reader, first, seconds, seed, pipe)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        lines = pipe.read().splitlines()
    _, status = os.waitpid(pid, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if status:
        what = os.waitstatus_to_exitcode(status)
        is_slow = what == -signal.SIGALRM
        lines.append(
            f"fault: slower than {_MAX_SECONDS} s"
            if is_slow
            else f"fault: the process ended with {what}"
        )
    return lines, spent


def _cases(reader: str, first: int, seconds: float, seed: int, pipe: Any) -> None:
    """Write the outcome of each case to the pipe."""
    valid = write_valid(reader)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        n_open = None
        case = first
        while time.process_time() < seconds:
            signal.alarm(_MAX_SECONDS)
            outcome = check_case(reader, valid, folder, f"{reader}-{seed}-{case}")
            signal.alarm(0)
            if case % 500 == 499:
                n_now = len(os.listdir("/proc/self/fd"))
                if n_open is not None and n_now > n_open + 50:
                    outcome = f"fault: {n_now - n_open} more open files"
                n_open = n_now if n_open is None else n_open
            pipe.write(f"{outcome.splitlines()[0]}\n")
            case += 1
