import pytest
from imblearn.utils.estimator_checks import (
    parametrize_with_checks as parametrize_with_imblearn_checks,
)
from sklearn.utils.estimator_checks import parametrize_with_checks

from skecg import CNN1DClassifier, HybridSampler, ResidualCNNClassifier


@parametrize_with_checks([HybridSampler(random_state=0)])
def test_sampler_passes_sklearn_checks(estimator, check):
    check(estimator)


@parametrize_with_imblearn_checks([HybridSampler(random_state=0)])
def test_sampler_passes_imblearn_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore:Nothing is held out:UserWarning")
@parametrize_with_checks(
    [
        CNN1DClassifier(random_state=0),
        # Batches of 500 are a single step an epoch on the checks' small sets.
        ResidualCNNClassifier(batch_size=16, random_state=0),
    ]
)
def test_classifier_passes_sklearn_checks(estimator, check):
    check(estimator)
