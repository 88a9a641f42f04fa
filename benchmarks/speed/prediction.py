"""Rows for prediction: throughput for several sizes of X, and single beats."""

import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.speed.rounds import Values, alternate, seconds
from benchmarks.speed.training import made_up
from skecg import CNN1DClassifier, OnnxBeatClassifier, export_onnx

__all__ = ["latency", "prediction", "prediction_of_a_million"]

_CHUNKS = (64, 128, 256, 512, 1_024, 4_096)


def _fitted() -> CNN1DClassifier:
    X, y = made_up(320)
    return CNN1DClassifier(max_epochs=1, validation_fraction=None, random_state=0).fit(
        X, y
    )


def _in_chunks(
    network: Callable[[torch.Tensor], Any], X: np.ndarray, chunk: int
) -> None:
    """Predict as an experienced user of torch would."""
    beats = torch.from_numpy(X).unsqueeze(1)
    with torch.inference_mode():
        torch.cat([network(part).softmax(dim=1) for part in beats.split(chunk)])


def _best_chunk(network: Callable[[torch.Tensor], Any], X: np.ndarray) -> int:
    chunks = [chunk for chunk in _CHUNKS if chunk <= len(X)]
    times = {
        chunk: min(seconds(partial(_in_chunks, network, X, chunk)) for _ in range(2))
        for chunk in chunks
    }
    return min(times, key=times.__getitem__)


def _onnx_session(network: torch.nn.Module) -> Any:
    """Return a session of ONNX Runtime for the network, with any number of beats."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network,
                (torch.zeros(2, 1, 187),),
                path,
                input_names=["beats"],
                dynamic_shapes=({0: torch.export.Dim("n_beats", min=1)},),
                dynamo=True,
                verbose=False,
            )
        return _opened(path)


def _opened(path: Path) -> Any:
    """Return a session of ONNX Runtime for a file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    return onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"]
    )


def _onnx_in_chunks(session: Any, X: np.ndarray, chunk: int) -> None:
    for start in range(0, len(X), chunk):
        session.run(None, {"beats": X[start : start + chunk, None]})


def prediction(rounds: int, quick: bool) -> Values:
    """Beats per second, for each size of X."""
    clf = _fitted()
    network = clf.net_.module_.eval()
    session = _onnx_session(network)
    compiled = torch.compile(network)
    sizes = (128, 512) if quick else (128, 1_000, 10_000, 100_000)
    X, _ = made_up(max(sizes))
    chunk = _best_chunk(network, X[:4_096])
    values: Values = {}
    for n_beats in sizes:
        part = X[:n_beats]
        step = min(chunk, n_beats)
        _in_chunks(compiled, part[: 2 * step], step)  # compiles
        contestants: dict[str, Callable[[], object]] = {
            "skecg": partial(clf.predict_proba, part),
            "best torch chunks": partial(_in_chunks, network, part, step),
            "ONNX Runtime": partial(_onnx_in_chunks, session, part, step),
            "torch.compile": partial(_in_chunks, compiled, part, step),
        }
        repeats = max(1, 2_000 // n_beats)
        measured = alternate(
            {
                f"{name}, {n_beats:,} beats": partial(_rate, task, n_beats, repeats)
                for name, task in contestants.items()
            },
            rounds,
        )
        values.update(measured)
    return values


def prediction_of_a_million(rounds: int, quick: bool) -> Values:
    """Beats per second for 100,000 and for 1,000,000 beats."""
    clf = _fitted()
    few = 1_000 if quick else 100_000
    X, _ = made_up(10 * few)
    return alternate(
        {
            "1,000,000 beats": partial(_rate, partial(clf.predict_proba, X), len(X)),
            "100,000 beats": partial(_rate, partial(clf.predict_proba, X[:few]), few),
        },
        min(rounds, 3),
    )


def _rate(task: Callable[[], object], n_beats: int, repeats: int = 1) -> float:
    def repeated() -> None:
        for _ in range(repeats):
            task()

    return n_beats * repeats / seconds(repeated)


def latency(rounds: int, quick: bool) -> Values:
    """Time for one beat in microseconds."""
    clf = _fitted()
    network = clf.net_.module_.eval()
    session = _onnx_session(network)
    X, _ = made_up(1)
    beat = torch.from_numpy(X).unsqueeze(1)

    def bare() -> None:
        with torch.inference_mode():
            network(beat)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_onnx(clf, path, X)
        exported = OnnxBeatClassifier(path, n_threads=torch.get_num_threads())
        rows_session = _opened(path)
        exported.predict_proba(X)  # reads the file

    def median(task: Callable[[], object]) -> float:
        return 1e6 * float(np.median([_seconds_of_one(task) for _ in range(calls)]))

    calls = 20 if quick else 500
    contestants: dict[str, Callable[[], object]] = {
        "predict_proba": lambda: clf.predict_proba(X),
        "bare module": bare,
        "ONNX Runtime": lambda: session.run(None, {"beats": X[:, None]}),
        "OnnxBeatClassifier": lambda: exported.predict_proba(X),
        "its bare session": lambda: rows_session.run(None, {"rows": X}),
    }
    return alternate(
        {name: partial(median, task) for name, task in contestants.items()}, rounds
    )


def _seconds_of_one(task: Callable[[], object]) -> float:
    """Return the time of a short task, without garbage collection beforehand."""
    started = time.perf_counter()
    task()
    return time.perf_counter() - started
