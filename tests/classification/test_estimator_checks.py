import pytest
from imblearn.utils.estimator_checks import (
    parametrize_with_checks as parametrize_with_imblearn_checks,
)
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

from skecg import (
    CascadeClassifier,
    CNN1DClassifier,
    HybridSampler,
    NetworkClassifier,
    PriorAdjustedClassifier,
    ResidualCNNClassifier,
)


class Dense(nn.Sequential):
    """A user's own network, with one hidden layer."""

    def __init__(self, n_samples, n_classes):
        super().__init__(
            nn.Flatten(), nn.Linear(n_samples, 16), nn.ReLU(), nn.Linear(16, n_classes)
        )


OTHER_CLASSES = "the check's classes are not those that the cascade was made for"
CASCADE_CANNOT_PASS = dict.fromkeys(
    [
        "check_classifier_data_not_an_array",
        "check_classifiers_classes",
        "check_classifiers_train",
        "check_dtype_object",
        "check_estimators_dtypes",
        "check_fit2d_1feature",
        "check_fit2d_1sample",
    ],
    OTHER_CLASSES,
)


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
        NetworkClassifier(Dense, lr=0.02, max_epochs=20, random_state=0),
    ]
)
def test_classifier_passes_sklearn_checks(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [CascadeClassifier([(1, LogisticRegression())], remainder=0)],
    expected_failed_checks=lambda clf: CASCADE_CANNOT_PASS,
)
def test_cascade_passes_sklearn_checks(estimator, check):
    check(estimator)


@parametrize_with_checks([PriorAdjustedClassifier(LogisticRegression())])
def test_prior_adjusted_passes_sklearn_checks(estimator, check):
    check(estimator)
