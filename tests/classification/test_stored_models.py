"""Models that earlier versions stored still load and predict as they did."""

from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.exceptions import InconsistentVersionWarning

STORED = Path(__file__).parents[1] / "data"


@pytest.mark.filterwarnings(
    f"ignore::{InconsistentVersionWarning.__module__}.InconsistentVersionWarning"
)
@pytest.mark.parametrize(
    "name",
    [
        "cnn1d-format-1",
        "cnn1d-stored",
        "residual-cnn-stored",
        "prior-adjusted-stored",
        "cascade-stored",
    ],
)
def test_stored_model_predicts_as_it_did(name):
    model, X, proba = joblib.load(STORED / f"{name}.joblib")
    # Processors round sums of float32 differently.
    np.testing.assert_allclose(model.predict_proba(X), proba, atol=1e-4)
