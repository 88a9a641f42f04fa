"""From beats to a fitted pipeline, its report, its figures and its model."""

import json
import os
import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from numbers import Integral
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from sklearn.metrics import (
    accuracy_score,
    classification_report,
    confusion_matrix,
    f1_score,
)

from skecg._sklearn import Interval, validate_params
from skecg.classification import CNN1DClassifier
from skecg.sampling import HybridSampler
from skecg.study._data import StudyData, load_study_data
from skecg.study._folder import check_replaceable, finished_folder

__all__ = ["StudyResult", "run_study"]

_QUICK_EPOCHS = 5
_QUICK_CLASS_SIZE = 1_000
_PACKAGES = ("skecg", "torch", "skorch", "scikit-learn", "imbalanced-learn", "numpy")


@dataclass(frozen=True)
class StudyResult:
    """What a study leaves.

    Parameters
    ----------
    pipeline : Pipeline
        The fitted sampler and classifier.
    report : DataFrame
        A row a class and average: precision, recall, F1 and support on the test
        beats.
    summary : dict
        Accuracy, macro F1 and what made them, as in ``report.json``.
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
    with the study's settings learns from nine tenths of the training beats. The
    other tenth, held out before resampling, chooses the epoch, and the test beats
    are looked at once, at the end. The folder then has ``report.txt``,
    ``report.csv`` and ``report.json``, six figures as PNG and SVG,
    ``model.joblib`` and ``report.html``, which shows all of it. It appears when it
    is complete, and not before.

    Parameters
    ----------
    data : {"synthetic", "mitdb"} or path, default="synthetic"
        Made-up beats, of which a fifth is the test; the public split of MIT-BIH;
        or a public heartbeat file, with the test file beside it (``_test`` for
        ``_train``) as the test or else a fifth of its own beats.
    out : str or path, default="study-report"
        The folder to write.
    quick : bool, default=False
        Whether to do with 5 epochs and at most 1,000 beats a class, for a run of
        a minute. Its figures are worth less.
    random_state : int, default=0
        Decides everything drawn.
    overwrite : bool, default=False
        Whether a report that is there already may be replaced.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    StudyResult
        The fitted pipeline, its report and where it was written.

    Raises
    ------
    FileExistsError
        If the folder holds something that must not be replaced.
    ValueError, OSError
        If the beats cannot be had; see :mod:`skecg.datasets`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from skecg.study import run_study
    >>> with TemporaryDirectory() as folder:
    ...     result = run_study("synthetic", f"{folder}/report", quick=True)
    >>> result.summary["accuracy"] > 0.7
    True
    """
    folder = Path(out).expanduser().absolute()
    check_replaceable(folder, overwrite, mark="report.json")
    seed = int(random_state)
    study = load_study_data(data, seed)
    pipeline = _pipeline(study, quick, seed, verbose)
    started = time.perf_counter()
    # Held out before the sampler, and read by the classifier behind it.
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
    with finished_folder(folder) as part:
        _write(part, study, pipeline, predicted, report, summary)
    return StudyResult(pipeline, report, summary, folder)


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
    folder: Path,
    study: StudyData,
    pipeline: Pipeline,
    predicted: np.ndarray,
    report: pd.DataFrame,
    summary: dict[str, Any],
) -> None:
    # Both load matplotlib, which a study that fails need not wait for.
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
    (folder / "report.txt").write_text(f"{study.description}\n\n{text}")
    report.round(4).to_csv(folder / "report.csv")
    (folder / "report.json").write_text(json.dumps(summary, indent=1) + "\n")
    joblib.dump(pipeline, folder / "model.joblib")
    save_figures(folder, pipeline, study, predicted)
    write_html(folder, report, summary)
