"""Annotators stored as arrays in one file; reading it runs no code from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from os import PathLike
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skecg._files import whole_file
from skecg.annotation._beat_annotator import _LEARNED, _PRESETS, BeatAnnotator
from skecg.annotation._model_card import ModelCard
from skecg.annotation._row_reader import RowReader
from skecg.signal import get_layout
from skecg.signal._context_layout import ContextLayout

__all__ = ["read_annotator", "write_annotator"]

_FORMAT = 1
_FACTS = "facts"  # the name of the entry with the JSON text
_LARGE = 1000  # arrays of at least as many values are stored as float16


def write_annotator(annotator: BeatAnnotator, path: str | PathLike[str]) -> None:
    """Write a fitted annotator with the network for new patients as arrays.

    Parameters
    ----------
    annotator : BeatAnnotator
        The annotator. Its classifier must be that of the preset
        ``"new_patients_network"`` or ``"new_patients_network_causal"``.
    path : str or path
        The file to write, in NumPy's format ``.npz``. It contains the weights, those of
        large layers in half precision, and the card and the settings as JSON.

    Raises
    ------
    ValueError
        If the annotator has another classifier.
    """
    check_is_fitted(annotator, "models_")
    layout = annotator.layout_
    if not isinstance(layout, ContextLayout) or annotator.classifier is not None:
        raise ValueError(
            "model must be an annotator of the layout 'context' or 'causal_context' "
            f"with the default classifier to be written as .npz, got {annotator!r}; "
            "pass a file name that ends in .skops instead."
        )
    clf = annotator.models_[layout.n_leads]["clf"]
    state = clf.__getstate__()
    facts = {
        "format": _FORMAT,
        "layout": layout.name,
        "n_leads": layout.n_leads,
        "leads": annotator.leads,
        "detector": annotator.detector,
        "mapping": annotator.mapping,
        "drop_surplus": annotator.drop_surplus,
        "class_names": annotator.class_names_,
        "classes": clf.classes_.tolist(),
        "class_prior": clf.class_prior_.tolist(),
        "card": asdict(annotator.card_),
    }
    arrays: dict[str, Any] = {
        name: x.astype(np.float16) if x.size >= _LARGE else x
        for name, x in state["_weights"].items()
    }
    text = json.dumps(facts, indent=1)
    with whole_file(path) as file:
        np.savez(file, allow_pickle=False, **{_FACTS: np.array(text), **arrays})


def read_annotator(path: str | PathLike[str]) -> BeatAnnotator:
    """Read an annotator that :func:`write_annotator` has written.

    Parameters
    ----------
    path : str or path
        The file. Reading it runs no code from it.

    Returns
    -------
    BeatAnnotator
        The fitted annotator.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ImportError
        If torch or skorch is not installed.
    ValueError
        If the file is damaged, contains something else, or has a later format.
    """
    try:
        # np.load does not close a file that it cannot read.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = json.loads(str(arrays.pop(_FACTS)))
        if facts["format"] > _FORMAT:
            raise ValueError(
                f"its format is {facts['format']}, but this skecg reads formats up to "
                f"{_FORMAT}; upgrade skecg"
            )
        return _annotator(facts, arrays)
    except FileNotFoundError:
        raise
    except ModuleNotFoundError as error:
        raise ImportError(
            f"The model {str(path)!r} is a PyTorch network, but {error.name} is not "
            "installed; install it, or pass an annotator's ONNX file, which "
            "skecg.export_onnx writes and which needs only onnxruntime."
        ) from error
    # A damaged file may raise almost any exception.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            "model must be an .npz file that 'skecg train' has written, but "
            f"{str(path)!r} cannot be read ({type(error).__name__}: {reason})."
        ) from error


def _annotator(facts: dict[str, Any], arrays: dict[str, Any]) -> BeatAnnotator:
    layout = get_layout(facts["layout"], n_leads=facts["n_leads"])
    pipeline = _PRESETS[layout.name].factory(layout)
    clf = pipeline["clf"]
    n_columns = len(layout.feature_names([""] * facts["n_leads"]))
    classes = np.array(facts["classes"])
    # Large layers are stored in half precision, but computed in float32.
    weights = {
        name: x.astype(np.float32) if x.dtype == np.float16 else x
        for name, x in arrays.items()
    }
    clf.__setstate__(
        {
            **clf.__getstate__(),
            "classes_": classes,
            "class_prior_": np.array(facts["class_prior"]),
            "n_features_in_": n_columns,
            "best_epoch_": clf.max_epochs,
            "_weights": weights,
            "_history": {},
            "_architecture": {
                "module": clf.module,
                "arguments": {},
                "n_channels": facts["n_leads"],
                "n_samples": layout.n_samples,
                "n_aux_features": layout.count_columns(n_columns)[1],
                "n_classes": len(classes),
                "layout": layout,
            },
        }
    )
    clf.n_parameters_ = sum(x.numel() for x in clf.net_.module_.parameters())
    annotator = BeatAnnotator(
        layout=layout.name,
        detector=facts["detector"],
        leads=facts["leads"],
        mapping=facts["mapping"],
        drop_surplus=facts["drop_surplus"],
    )
    reader = RowReader.of(layout, facts["leads"], facts["detector"])
    card = facts["card"]
    card["recordings"] = tuple(card["recordings"])
    learned = {
        "_reader": reader,
        "card_": ModelCard(**card),
        "class_names_": facts["class_names"],
        "layout_": layout,
        "lead_counts_": reader.counts,
        "models_": dict.fromkeys(reader.counts, pipeline),
        "surplus_models_": {},
    }
    assert learned.keys() == _LEARNED
    for name, value in learned.items():
        setattr(annotator, name, value)
    return annotator
