"""Make a classifier from a preset."""

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
    """Return a new classifier of heartbeats, made by a preset.

    The result is an ordinary pipeline of this package's public parts, not fitted.

    Parameters
    ----------
    preset : str
        The preset; :data:`skecg.presets.PRESETS` and the error for None list them.

        - ``"new_patients"`` and ``"new_patients_causal"`` are for patients that are
          not in the training set. They read two leads in the layouts ``"features"`` and
          ``"causal_features"``, and classes as codes.
        - ``"new_patients_network"`` and ``"new_patients_network_causal"`` are for such
          patients too: a :class:`~skecg.modules.ContextNetwork`, which reads one or two
          leads in the layouts ``"context"`` and ``"causal_context"``, and classes as
          codes.
        - ``"known_patients"``, ``"known_patients_fast"`` and ``"study"`` were measured
          on other beats of the patients in the training set. They read the study's
          layout.
    random_state : int, RandomState instance or None, default=None
        Passed to every step that draws random numbers, and to every part of a step.
    **params
        Parameters to change, by the pipeline's names: ``clf__max_epochs=5``, or
        ``clf__estimator__max_epochs=5`` for ``"known_patients"``, whose network is
        inside a :class:`~skecg.PriorAdjustedClassifier`.

    Returns
    -------
    imblearn.pipeline.Pipeline
        The classifier.

    Raises
    ------
    ValueError
        If no preset is named or there is no such preset, or no step with such a
        parameter.

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
                f"{name} is a parameter of a part of the pipeline; pass "
                f"{' or '.join(longer)}."
            )
    seeds = [name for name in known if name.split("__")[-1] == "random_state"]
    model.set_params(**dict.fromkeys(seeds, random_state))
    return model.set_params(**params)
