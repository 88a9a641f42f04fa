"""Creation of classifiers from presets."""

from __future__ import annotations

from typing import Any

from imblearn.pipeline import Pipeline

from skecg._sklearn import validate_params
from skecg.presets._table import PRESETS

__all__ = ["make_beat_classifier"]


@validate_params(
    {"preset": "no_validation", "random_state": ["random_state"]},
    prefer_skip_nested_validation=True,
)
def make_beat_classifier(
    preset: str | None = None, *, random_state: Any = None, **params: Any
) -> Pipeline:
    """Create a classifier of heartbeats from a preset.

    The result is an unfitted pipeline of public classes of this package.

    Parameters
    ----------
    preset : str
        The preset; :data:`skecg.presets.PRESETS` and the error for None list them.

        - ``"new_patients"`` and ``"new_patients_causal"`` are for patients that are
          not in the training set. Their rows have two leads in the layouts
          ``"features"`` and ``"causal_features"``; classes are codes.
        - ``"new_patients_network"`` and ``"new_patients_network_causal"`` are for such
          patients too. They are a :class:`~skecg.modules.ContextNetwork`. Their rows
          have one or two leads in the layouts ``"context"`` and ``"causal_context"``;
          classes are codes.
        - ``"known_patients"``, ``"known_patients_fast"`` and ``"study"`` were measured
          on other beats of the patients in the training set. Their rows have the
          study's layout.
    random_state : int, RandomState instance or None, default=None
        The `random_state` of all steps of the pipeline, and of nested estimators.
    **params
        Parameters to change, by their names in the pipeline, such as
        ``clf__max_epochs=5``. The network of ``"known_patients"`` is inside a
        :class:`~skecg.PriorAdjustedClassifier`: ``clf__estimator__max_epochs=5``.

    Returns
    -------
    imblearn.pipeline.Pipeline
        The classifier.

    Raises
    ------
    ValueError
        If `preset` is not the name of a preset, or a parameter does not exist.

    Examples
    --------
    >>> from skecg import make_beat_classifier
    >>> make_beat_classifier("study", random_state=0)
    Pipeline(steps=[('sampler', HybridSampler(random_state=0)),
                    ('clf',
                     CNN1DClassifier(layout=get_layout('study'), random_state=0))])
    """
    if not isinstance(preset, str) or preset not in PRESETS:
        lines = [f"  {name!r}: {known.about}" for name, known in PRESETS.items()]
        raise ValueError(
            f"preset must be one of these, got {preset!r}:\n" + "\n".join(lines)
        )
    model = PRESETS[preset].make()
    known = model.get_params()
    for name in params:
        longer = [other for other in known if other.endswith(f"__{name}")]
        if name not in known and longer:
            raise ValueError(
                f"{name} must have the name of its step in front; pass "
                f"{' or '.join(longer)}."
            )
    seeds = [name for name in known if name.split("__")[-1] == "random_state"]
    model.set_params(**dict.fromkeys(seeds, random_state))
    return model.set_params(**params)
