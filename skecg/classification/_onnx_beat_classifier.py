"""A beat classifier that predicts from an ONNX file, without torch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import validate_data

from skecg._sklearn import feature_names
from skecg.classification._float32_rows import NUMBERS, as_float32
from skecg.classification._onnx_file import (
    OnnxFile,
    OnnxOutput,
    read_content,
    read_onnx_file,
)
from skecg.signal import Layout
from skecg.signal._columns import check_layout

__all__ = ["OnnxBeatClassifier", "classifiers_of"]

_BATCH_SIZE = 256
"""Rows per prediction call, so that memory does not grow with the number of rows."""

_FEW_BEATS = 64
"""For more beats, the time of scikit-learn's validation is negligible."""

_DTYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64}


class OnnxBeatClassifier(ClassifierMixin, BaseEstimator):
    """Classify heartbeats with a model of :func:`skecg.export.export_onnx`.

    It predicts with the package onnxruntime, and needs neither torch
    nor skorch. It predicts without a call of ``fit``, and reads its file on first use.

    Parameters
    ----------
    path : str or path
        The file. Reading it is safe even if you do not trust its source: no code in it
        is run, and no other file is opened. An untrusted model may still give wrong
        predictions, or use much memory and time.
    output : str, default="probabilities"
        The output of the graph to read. The file of an annotator with several
        classifiers has one for each.
    n_threads : int, default=1
        The number of threads of one prediction.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        The number of columns of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if the exported model was fitted to a table.
    layout_ : Layout or None
        The layout of the rows, if the exported model stored it.
    card_ : dict
        The card of the exported model: a description and versions of packages, or the
        card of an annotator.

    See Also
    --------
    skecg.export.export_onnx : Write such a file.

    Notes
    -----
    A pickle contains the content of the file, and loads without the file. So does the
    file that :func:`skecg.persistence.save_model` writes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from skecg import OnnxBeatClassifier, export_onnx
    >>> from skecg.datasets import make_beats
    >>> X, y = make_beats(300, random_state=0, return_X_y=True)
    >>> model = HistGradientBoostingClassifier(max_iter=5).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_onnx(model, Path(folder) / "model.onnx", X)
    ...     clf = OnnxBeatClassifier(Path(folder) / "model.onnx")
    ...     (clf.predict(X) == model.predict(X)).all()
    np.True_
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        output: str = "probabilities",
        n_threads: int = 1,
    ) -> None:
        self.path = path
        self.output = output
        self.n_threads = n_threads

    def fit(self, X: npt.ArrayLike, y: Any = None) -> Self:
        """Check the rows against the model; nothing is learned.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : ignored
            Ignored.

        Returns
        -------
        OnnxBeatClassifier
            The classifier itself.

        Raises
        ------
        ValueError
            If the rows have other columns, or the file is refused.
        """
        self._checked_rows(self._open(), X)
        return self

    def predict_proba(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats, n_classes), float32 or float64
            The probabilities, in the order of ``classes_``; float32 for networks.

        Raises
        ------
        FileNotFoundError
            If the file does not exist.
        ImportError
            If ONNX Runtime is not installed.
        ValueError
            If the rows have other columns; or the file is damaged, was not written by
            :func:`skecg.export.export_onnx`, or was changed since.
        """
        opened = self._open()
        return opened.probabilities(self._checked_rows(opened, X))

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the most probable class.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats,)
            Labels as in ``classes_``.
        """
        opened = self._open()
        found = opened.probabilities(self._checked_rows(opened, X))
        return opened.facts.classes[found.argmax(axis=1)]

    @property
    def classes_(self) -> npt.NDArray[Any]:
        """The labels."""
        return self._open().facts.classes

    @property
    def n_features_in_(self) -> int:
        """The number of columns of ``X``."""
        return self._open().facts.n_features

    @property
    def feature_names_in_(self) -> npt.NDArray[Any]:
        """Names of the columns, if the exported model was fitted to a table."""
        names = self._open().facts.feature_names
        if names is None:
            raise AttributeError("The exported model was fitted to rows without names.")
        return np.array(names, dtype=object)

    @property
    def layout_(self) -> Layout | None:
        """The layout of the rows, if the exported model stored it."""
        return self._open().file.layout

    @property
    def card_(self) -> dict[str, Any]:
        """The card of the exported model."""
        return self._open().file.card

    def _open(self) -> _OpenFile:
        """Return the file at `path`, which is read once."""
        key = (self.path, self.output, self.n_threads)
        opened: _OpenFile | None = self.__dict__.get("_opened")
        if opened is not None and opened.key == key:
            return opened
        path, content = self.__dict__.get("_content", (None, b""))
        if path != self.path:
            content = read_content(self.path)
        file = read_onnx_file(content, os.fspath(self.path))
        self._opened = _OpenFile.of(file, key)
        return self._opened

    def _checked_rows(self, opened: _OpenFile, X: Any) -> npt.NDArray[Any]:
        """Return rows after checking them against the columns that the file states."""
        facts = opened.facts
        if (
            # For a few rows, validation would take as long as the prediction.
            type(X) is np.ndarray
            and X.dtype == opened.dtype
            and X.ndim == 2
            and 0 < X.shape[0] <= _FEW_BEATS
            and X.shape[1] == facts.n_features
            and facts.feature_names is None
            and np.isfinite(X).all()
        ):
            return X
        rows: npt.NDArray[Any] = validate_data(
            self,
            X,
            dtype=NUMBERS,
            reset=False,
            ensure_all_finite="allow-nan" if facts.allow_nan else True,
        )
        names = feature_names(X)
        if names is not None and opened.file.layout is not None:
            check_layout(opened.file.layout, rows.shape[1], names)
        return rows

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        opened: _OpenFile | None = self.__dict__.get("_opened")
        tags.input_tags.allow_nan = opened is not None and opened.facts.allow_nan
        tags.requires_fit = False
        return tags

    def __sklearn_clone__(self) -> OnnxBeatClassifier:
        clone = type(self)(**self.get_params())
        # The file that a pickle contains need not be on this machine.
        if "_content" in self.__dict__:
            clone._content = self._content
        return clone

    def __getstate__(self) -> dict[str, Any]:
        content = self._open().file.content
        # Paths are text, because pathlib's are of one operating system.
        path = os.fspath(self.path)
        state = {**super().__getstate__(), "path": path, "_content": (path, content)}
        # A session of ONNX Runtime cannot be pickled.
        del state["_opened"]
        return state


@dataclass(frozen=True)
class _OpenFile:
    """A file in a session of ONNX Runtime.

    Parameters
    ----------
    key : tuple
        The parameters of the classifier that it was opened for.
    file : OnnxFile
        The file.
    facts : OnnxOutput
        The description of the classifier in the file.
    session : onnxruntime.InferenceSession
        The session.
    dtype : type
        The type of the rows that the graph reads.
    """

    key: tuple[Any, ...]
    file: OnnxFile
    facts: OnnxOutput
    session: Any
    dtype: Any

    @classmethod
    def of(cls, file: OnnxFile, key: tuple[Any, ...]) -> _OpenFile:
        """Open a checked file."""
        path, output, n_threads = key
        if not isinstance(n_threads, Integral) or n_threads < 1:
            raise ValueError(f"n_threads must be at least 1, got {n_threads!r}.")
        if output not in file.outputs:
            raise ValueError(
                f"output must be one of {list(file.outputs)} of this file, got "
                f"{output!r}; read the file of an annotator with skecg.annotate, or "
                "name one of its outputs."
            )
        facts = file.outputs[output]
        try:
            session = _session(file.content, int(n_threads))
            # In graphs with several classifiers, each input is optional.
            given = session.get_inputs() + session.get_overridable_initializers()
            shapes = {x.name: (x.type, x.shape) for x in given}
            kind, shape = shapes[facts.input]
            dtype = _DTYPES[kind]
            results = {x.name: x.shape for x in session.get_outputs()}
            n_classes = results[facts.output][1]
        except ImportError as error:
            raise ImportError(
                "OnnxBeatClassifier needs ONNX Runtime; install it with "
                "pip install onnxruntime."
            ) from error
        # ONNX Runtime's errors share no base class other than Exception.
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            raise ValueError(
                "path must be a file that skecg.export_onnx has written, but ONNX "
                f"Runtime cannot open {os.fspath(path)!r} ({reason})."
            ) from error
        if (shape[1], n_classes) != (facts.n_features, len(facts.classes)):
            raise ValueError(
                "path must be a file that skecg.export_onnx has written, but the graph "
                f"of {os.fspath(path)!r} has {shape[1]} columns and {n_classes} "
                f"classes, while its metadata state {facts.n_features} and "
                f"{len(facts.classes)}."
            )
        return cls(key, file, facts, session, dtype)

    def probabilities(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the probabilities of valid rows, computed in batches."""
        if len(rows) <= _BATCH_SIZE:
            return self._run(rows)
        parts = [
            self._run(rows[start : start + _BATCH_SIZE])
            for start in range(0, len(rows), _BATCH_SIZE)
        ]
        return np.concatenate(parts)

    def _run(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if rows.dtype != self.dtype:
            is_single = self.dtype == np.float32
            rows = as_float32(rows) if is_single else rows.astype(np.float64)
        facts = self.facts
        found: npt.NDArray[Any] = self.session.run([facts.output], {facts.input: rows})[
            0
        ]
        return found


def classifiers_of(
    content: bytes, path: str | os.PathLike[str]
) -> tuple[OnnxFile, dict[str, OnnxBeatClassifier]]:
    """Return the checked content of a file, and its classifiers.

    Parameters
    ----------
    content : bytes
        The file.
    path : str or path
        Its path, which is stored but not read.

    Returns
    -------
    file : OnnxFile
        The checked content.
    classifiers : dict of str to OnnxBeatClassifier
        The classifier of each output.

    Raises
    ------
    ValueError
        If the file is refused.
    """
    file = read_onnx_file(content, os.fspath(path))
    classifiers = {}
    for output in file.outputs:
        clf = classifiers[output] = OnnxBeatClassifier(path, output=output)
        clf._content = (path, content)
        clf._open()
    return file, classifiers


def _session(content: bytes, n_threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only, which are also raised
    # The checks read ONNX, so do not let ONNX Runtime detect its own format.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"]
    )
