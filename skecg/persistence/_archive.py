"""Conversion of models to the entries of an archive, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from skecg.persistence._arrays import read_array
from skecg.persistence._nodes import shorten
from skecg.persistence._schema import Schema
from skecg.persistence._trees import check_trees
from skecg.persistence._trusted import CALLED, CLASSES, FUNCTIONS

__all__ = ["from_archive", "to_entries"]


def to_entries(model: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the tree of a model and its arrays.

    Parameters
    ----------
    model : estimator
        The model.

    Returns
    -------
    schema : dict
        The tree, without the arrays.
    entries : dict of str to bytes
        The arrays, by their names in the tree.

    Raises
    ------
    ValueError
        If skops cannot store a part of the model; the message contains only the reason.
    """
    # Imported here, because skops imports all of scikit-learn, which takes seconds.
    import skops.io

    try:
        archive = skops.io.dumps(model)
        with ZipFile(BytesIO(archive)) as stored:
            entries = {name: stored.read(name) for name in stored.namelist()}
    # Objects that cannot be stored may raise almost any exception.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"{type(error).__name__}: {reason}") from error
    return shorten(entries.pop("schema.json").decode(), entries)


def from_archive(
    archive: bytes, entries: Mapping[str, bytes], trusted: Sequence[str]
) -> Any:
    """Return a model from an archive, after all checks.

    Parameters
    ----------
    archive : bytes
        The archive.
    entries : mapping of str to bytes
        Its entries.
    trusted : sequence of str
        Further names that the user trusts.

    Returns
    -------
    estimator
        The model.

    Raises
    ------
    ImportError
        If a package is not installed that the model needs.
    ValueError
        If the content differs from what `save_model` writes, or contains a name that is
        not trusted; the message contains only the reason.
    """
    import skops.io

    arrays = {
        name: read_array(name, content)
        for name, content in entries.items()
        if name.endswith(".npy")
    }
    others = [name for name in entries if name.endswith(".bin")]
    schema = Schema(entries["schema.json"], arrays, others, trusted)
    check_trees(schema)
    known = {*CALLED, *CLASSES, *FUNCTIONS, "functools.partial", "numpy.dtype"}
    known.update(trusted)
    try:
        found = set(skops.io.get_untrusted_types(data=archive))
        unknown = sorted(found - known)
        if unknown:
            raise ValueError(
                "it contains names that load_model does not trust: "
                f"{', '.join(unknown)[:1000]}; if you trust the source of the file and "
                f"these names, pass trusted={unknown[:20]}"
            )
        # Pass only the required names, because skops reads the list for each node.
        return skops.io.loads(archive, trusted=sorted(found))
    except ValueError:
        raise
    except ModuleNotFoundError as error:
        raise ImportError(
            f"The model file needs {error.name}, which is not installed; install it, "
            "or use an ONNX file, which skecg.export_onnx writes."
        ) from error
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise ValueError(
            f"it cannot be read ({type(error).__name__}: {reason}); load it with the "
            "versions that its card states (skecg.persistence.read_card)"
        ) from error
