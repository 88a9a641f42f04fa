"""Run the study: fit the pipeline, evaluate it and write the report."""

import json
import os
import platform
import secrets
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from numbers import Integral
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from sklearn.metrics import (
    accuracy_score,
    classification_report,
    confusion_matrix,
    f1_score,
)

from skecg._files import expanded_path, write_model, write_text
from skecg._report_folder import (
    FolderNotWrittenError,
    check_report_folder,
    report_folder,
)
from skecg._sklearn import Interval, validate_params
from skecg.classification import CNN1DClassifier
from skecg.sampling import HybridSampler
from skecg.study._data import StudyData, load_study_data

__all__ = ["StudyResult", "run_study"]

_MODEL = "model.joblib"
_QUICK_EPOCHS = 5
_QUICK_CLASS_SIZE = 1_000
_PACKAGES = ("skecg", "torch", "skorch", "scikit-learn", "imbalanced-learn", "numpy")


@dataclass(frozen=True)
class StudyResult:
    """The result of a study.

    Parameters
    ----------
    pipeline : Pipeline
        The fitted sampler and classifier.
    report : DataFrame
        One row per class and average: precision, recall, F1 and support on the test
        set.
    summary : dict
        Accuracy, macro F1, data, settings and versions, as in ``report.json``.
    folder : Path
        The folder with the report.
    """

    pipeline: Any
    report: pd.DataFrame
    summary: dict[str, Any]
    folder: Path


@validate_params(
    {
        "data": [str, os.PathLike],
        "out": [str, os.PathLike],
        "quick": ["boolean"],
        "random_state": [Interval(Integral, 0, 2**32 - 1, closed="both")],
        "overwrite": ["boolean"],
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=True,
)
def run_study(
    data: str | os.PathLike[str] = "synthetic",
    out: str | os.PathLike[str] = "study-report",
    *,
    quick: bool = False,
    random_state: int = 0,
    overwrite: bool = False,
    verbose: int = 0,
) -> StudyResult:
    """Run the study and write its report.

    A pipeline of :class:`~skecg.HybridSampler` and :class:`~skecg.CNN1DClassifier`
    with the settings of the study is fitted to nine tenths of the training beats. The
    other tenth is held out before resampling and selects the epoch. The test set is
    evaluated once, at the end.

    The folder then contains ``report.txt``, ``report.csv`` and ``report.json``, six
    figures as PNG and SVG, ``model.joblib``, ``report.html``, which shows all results,
    and ``manifest.json`` with the SHA-256 of each file. The files appear when all are
    complete. A killed run keeps the previous report and leaves hidden work files, which
    the next run removes. SIGTERM in the main thread removes them before the process
    ends, unless the program handles that signal.

    Parameters
    ----------
    data : {"synthetic", "mitdb"} or path, default="synthetic"
        The data: synthetic beats, with a fifth as the test set; the public split of
        MIT-BIH; or a public heartbeat file. The test set of a file is the test file in
        the same folder (``_test`` in place of ``_train``) or, if there is none, a fifth
        of its beats.
    out : str or path, default="study-report"
        The folder to write to. It may be a mount point or a symlink.
    quick : bool, default=False
        Whether to use only 5 epochs and at most 1,000 beats per class, for a run of
        about a minute. The results are worse.
    random_state : int, default=0
        Seed of all random draws.
    overwrite : bool, default=False
        Whether a report in the folder may be replaced. Only files that its manifest
        lists and that have not been changed since are replaced or deleted.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    StudyResult
        The fitted pipeline, its report and the folder.

    Raises
    ------
    FileExistsError
        If the folder contains files that must not be replaced.
    ValueError, OSError
        If the beats cannot be loaded; see :mod:`skecg.datasets`.
    OSError
        If the report cannot be written to the folder after training. The message
        names the file with the fitted model, and the attribute ``result`` of the
        exception is the StudyResult.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from skecg.study import run_study
    >>> with TemporaryDirectory() as folder:
    ...     result = run_study("synthetic", f"{folder}/report", quick=True)
    >>> result.summary["accuracy"] > 0.7
    True
    """
    folder = expanded_path("out", out).absolute()
    seen = check_report_folder(folder, overwrite=overwrite)
    seed = int(random_state)
    study = load_study_data(data, seed)
    pipeline = _pipeline(study, quick, seed, verbose)
    started = time.perf_counter()
    # The validation set bypasses the sampler and keeps the natural class distribution.
    pipeline.fit(
        study.X_train, study.y_train, clf__X_val=study.X_val, clf__y_val=study.y_val
    )
    fitted = time.perf_counter()
    predicted = pipeline.predict(study.X_test)
    seconds = {
        "fit_seconds": round(fitted - started, 1),
        "predict_seconds": round(time.perf_counter() - fitted, 2),
    }
    summary = {
        **_figures_of_merit(study, predicted),
        **_provenance(study, pipeline, seed),
        **seconds,
    }
    report = _report(study, predicted)
    result = StudyResult(pipeline, report, summary, folder)
    try:
        with report_folder(folder, seen) as part:
            _write(part, study, predicted, result)
    except Exception as error:
        _raise_with_model(error, result)
    return result


class _ReportNotWrittenError(OSError):
    """Error for a report that could not be written, with the result of its study."""

    def __init__(self, message: str, result: StudyResult) -> None:
        super().__init__(message)
        self.result = result


def _raise_with_model(error: Exception, result: StudyResult) -> NoReturn:
    """Raise an error that names the file with the fitted model."""
    kept = error.kept if isinstance(error, FolderNotWrittenError) else None
    # If the run stopped between the renames, the model may already be in the folder.
    places = [kept, result.folder] if kept and kept.parent == result.folder else [kept]
    models = [place / _MODEL for place in places if place]
    model = next((path for path in models if path.is_file()), None)
    model = model or _keep_model(result)
    where = (
        f"the fitted model is in {str(model)!r}"
        if model
        else "the fitted model could not be saved, but is in `result` of the exception"
    )
    message = f"no report was written to {str(result.folder)!r} ({error}); {where}."
    cause = error.__cause__ if isinstance(error, FolderNotWrittenError) else error
    raise _ReportNotWrittenError(message, result) from cause


def _keep_model(result: StudyResult) -> Path | None:
    """Write the model to the first folder in which this succeeds."""
    name = f"{result.folder.name}-{secrets.token_hex(4)}.joblib"
    # Path.cwd and gettempdir raise OSError if the folder does not exist.
    for find_place in (lambda: result.folder.parent, Path.cwd, tempfile.gettempdir):
        with suppress(OSError):
            path = Path(find_place(), name)
            write_model(path, result.pipeline)
            return path
    return None


def _pipeline(study: StudyData, quick: bool, seed: int, verbose: int) -> Pipeline:
    sampler = HybridSampler(random_state=seed)
    clf = CNN1DClassifier(random_state=seed, verbose=verbose)
    if quick:
        size = min(len(study.y_train) // len(study.labels), _QUICK_CLASS_SIZE)
        sampler.set_params(sampling_strategy=max(size, 1))
        clf.set_params(max_epochs=_QUICK_EPOCHS)
    return Pipeline([("sampler", sampler), ("clf", clf)])


def _report(study: StudyData, predicted: np.ndarray) -> pd.DataFrame:
    table = classification_report(
        study.y_test,
        predicted,
        labels=study.labels,
        target_names=study.names,
        output_dict=True,
        zero_division=0,
    )
    table.pop("accuracy", None)
    return pd.DataFrame(table).T.rename_axis("class")


def _figures_of_merit(study: StudyData, predicted: np.ndarray) -> dict[str, Any]:
    truth, labels = study.y_test, study.labels
    return {
        "accuracy": round(float(accuracy_score(truth, predicted)), 6),
        "macro_f1": round(
            float(f1_score(truth, predicted, labels=labels, average="macro")), 6
        ),
        "classes": study.names,
        "confusion_matrix": confusion_matrix(truth, predicted, labels=labels).tolist(),
    }


def _provenance(study: StudyData, pipeline: Pipeline, seed: int) -> dict[str, Any]:
    import torch

    clf = pipeline["clf"]
    return {
        "data": {
            "description": study.description,
            "n_train": len(study.y_train),
            "n_validation": len(study.y_val),
            "n_test": len(study.y_test),
            "is_public_test": study.is_public_test,
            "sha256": study.sha256,
        },
        "pipeline": repr(pipeline),
        "n_parameters": clf.n_parameters_,
        "n_epochs": len(clf.history_),
        "best_epoch": clf.best_epoch_,
        "history": clf.history_.drop(columns="is_best").round(5).to_dict("list"),
        "seed": seed,
        "threads": torch.get_num_threads(),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
    }


def _write(
    folder: Path, study: StudyData, predicted: np.ndarray, result: StudyResult
) -> None:
    """Write the files of the report, the model first."""
    write_model(folder / _MODEL, result.pipeline)
    # Both load matplotlib, which takes time that a failed study does not need.
    from skecg.study._figures import save_figures
    from skecg.study._html import write_html

    text = classification_report(
        study.y_test,
        predicted,
        labels=study.labels,
        target_names=study.names,
        digits=4,
        zero_division=0,
    )
    write_text(folder / "report.txt", f"{study.description}\n\n{text}")
    write_text(folder / "report.csv", result.report.round(4).to_csv())
    write_text(folder / "report.json", json.dumps(result.summary, indent=1) + "\n")
    save_figures(folder, result.pipeline, study, predicted)
    write_html(folder, result.report, result.summary)
