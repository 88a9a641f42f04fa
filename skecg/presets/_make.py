"""An estimator from a preset."""

from typing import Any

from imblearn.pipeline import Pipeline
from sklearn.base import clone

from skecg._sklearn import StrOptions, validate_params
from skecg.presets._table import PRESETS

__all__ = ["make_beat_classifier"]


@validate_params(
    {"preset": [StrOptions(set(PRESETS))], "random_state": ["random_state"]},
    prefer_skip_nested_validation=True,
)
def make_beat_classifier(
    preset: str = "recommended", *, random_state: Any = None, **params: Any
) -> Pipeline:
    """Return a classifier of heartbeats made by a recipe.

    What it returns is an ordinary pipeline of this package's public parts, not yet
    fitted; :data:`skecg.presets.PRESETS` shows what it is made of.

    Parameters
    ----------
    preset : str, default="recommended"
        The recipe: ``"recommended"``, ``"fast"``, ``"study"``, ``"inter_patient"`` or
        ``"inter_patient_causal"``. All read rows of the study's layout, but for the
        last two, which read those of the layouts ``"features"`` and
        ``"causal_features"`` with two leads and classes as codes (see
        :func:`skecg.signal.extract_beats`).
    random_state : int, RandomState instance or None, default=None
        Given to every step that draws, and to every part of a step.
    **params
        Parameters to change, by the pipeline's names: ``clf__max_epochs=5``, or
        ``clf__estimator__max_epochs=5`` of ``"recommended"``, whose network stands
        inside a :class:`~skecg.PriorAdjustedClassifier`.

    Returns
    -------
    imblearn.pipeline.Pipeline
        The classifier.

    Raises
    ------
    ValueError
        If there is no such preset, or no step with such a parameter.

    Examples
    --------
    >>> from skecg import make_beat_classifier
    >>> make_beat_classifier("study", random_state=0)
    Pipeline(steps=[('sampler', HybridSampler(random_state=0)),
                    ('clf', CNN1DClassifier(random_state=0))])
    """
    steps = []
    for name, (part, settings) in PRESETS[preset].steps.items():
        # A copy, so that what a user changes of it is not the table.
        step = clone(part(**settings))
        drawing = [p for p in step.get_params() if p.split("__")[-1] == "random_state"]
        step.set_params(**dict.fromkeys(drawing, random_state))
        steps.append((name, step))
    model = Pipeline(steps)
    known = model.get_params()
    for name in params:
        longer = [other for other in known if other.endswith(f"__{name}")]
        if name not in known and longer:
            raise ValueError(
                f"{name} is a parameter of a part of the pipeline; pass "
                f"{' or '.join(longer)}."
            )
    return model.set_params(**params)
