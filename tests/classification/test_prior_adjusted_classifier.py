"""PriorAdjustedClassifier against Bayes' rule and a shift of known size."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from imblearn import FunctionSampler
from imblearn.ensemble import EasyEnsembleClassifier
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SVMSMOTE,
    BorderlineSMOTE,
    RandomOverSampler,
)
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.exceptions import ConvergenceWarning, UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.svm import LinearSVC
from skorch import NeuralNetClassifier

from skecg import (
    CascadeClassifier,
    CNN1DClassifier,
    HybridSampler,
    PriorAdjustedClassifier,
)
from skecg.classification._trained_prior import trained_prior


def two_normals(n_beats, share, seed):
    """Two normal classes two apart, the second of the given share."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n_beats) < share).astype(int)
    return rng.normal(size=(n_beats, 1)) + 2 * y[:, None], y


def balanced(clf, sampler=None):
    sampler = sampler or HybridSampler(random_state=0)
    return Pipeline([("sampler", sampler), ("clf", clf)])


def test_closed_form():
    X, y = two_normals(500, 0.1, 0)
    clf = PriorAdjustedClassifier(
        LogisticRegression(), prior=[0.3, 0.7], trained_prior=[3, 1]
    ).fit(X, y)
    raw = clf.estimator_.predict_proba(X)
    odds = raw[:, 1] / raw[:, 0] * (0.7 / 0.3) / (0.25 / 0.75)
    np.testing.assert_allclose(clf.predict_proba(X)[:, 1], odds / (1 + odds))
    np.testing.assert_array_equal(clf.predict(X), (odds > 1).astype(int))


def test_strength_is_the_power_of_the_ratio():
    X, y = two_normals(500, 0.1, 0)
    none = PriorAdjustedClassifier(balanced(LogisticRegression()), strength=0)
    none.fit(X, y)
    np.testing.assert_allclose(
        none.predict_proba(X), none.estimator_.predict_proba(X), rtol=1e-12
    )
    half = PriorAdjustedClassifier(balanced(LogisticRegression()), strength=0.5)
    raw, ours = none.predict_proba(X), half.fit(X, y).predict_proba(X)
    ratio = np.sqrt(half.prior_[1] / half.prior_[0])
    np.testing.assert_allclose(
        ours[:, 1] / ours[:, 0], raw[:, 1] / raw[:, 0] * ratio, rtol=1e-6
    )


def test_undoes_a_shift_of_known_size():
    """Trained on equal classes, it answers as one trained on the natural ones."""
    X, y = two_normals(40_000, 0.05, 0)
    natural = LogisticRegression().fit(X, y).predict_proba(X)
    adjusted = PriorAdjustedClassifier(balanced(LogisticRegression())).fit(X, y)
    assert np.abs(adjusted.predict_proba(X) - natural).mean() < 0.005
    assert np.abs(adjusted.estimator_.predict_proba(X) - natural).mean() > 0.1


def test_estimates_an_unknown_prior_and_stays_row_by_row():
    X, y = two_normals(20_000, 0.5, 0)
    X_new, y_new = two_normals(20_000, 0.15, 1)
    fitted = PriorAdjustedClassifier(LogisticRegression()).fit(X, y)
    before = fitted.predict_proba(X_new)
    prior = fitted.estimate_prior(X_new)
    assert prior.sum() == pytest.approx(1)
    assert prior[1] == pytest.approx(y_new.mean(), abs=0.01)
    np.testing.assert_array_equal(fitted.predict_proba(X_new), before)

    frozen = FrozenEstimator(fitted.estimator_)
    told = PriorAdjustedClassifier(frozen, prior=prior, trained_prior=fitted.prior_)
    told.fit(X, y)
    assert told.score(X_new, y_new) > fitted.score(X_new, y_new)
    np.testing.assert_allclose(
        told.predict_proba(X_new[:1]), told.predict_proba(X_new)[:1], rtol=1e-12
    )


def test_uniform_prior():
    X, y = two_normals(300, 0.2, 0)
    clf = PriorAdjustedClassifier(LogisticRegression(), prior="uniform").fit(X, y)
    assert clf.prior_.tolist() == [0.5, 0.5]
    assert clf.trained_prior_[1] == pytest.approx(y.mean())


COUNTS = np.repeat(["N", "S", "V"], [60, 20, 10])


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (LogisticRegression(), [60, 20, 10]),
        (GaussianNB(), [60, 20, 10]),
        (balanced(GaussianNB()), [1, 1, 1]),
        (balanced(LogisticRegression()), [1, 1, 1]),
        (
            balanced(LogisticRegression(), RandomUnderSampler(random_state=0)),
            [1, 1, 1],
        ),
        (
            balanced(
                LogisticRegression(), SMOTE(sampling_strategy={"V": 40}, random_state=0)
            ),
            [60, 20, 40],
        ),
        (
            Pipeline(
                [
                    ("under", RandomUnderSampler(sampling_strategy={"N": 30})),
                    ("over", RandomOverSampler(sampling_strategy={"V": 15})),
                    ("clf", LogisticRegression()),
                ]
            ),
            [30, 20, 15],
        ),
        (
            GridSearchCV(balanced(LogisticRegression()), {"clf__C": [1.0]}, cv=2),
            [1, 1, 1],
        ),
        (
            balanced(
                CNN1DClassifier(
                    n_filters=(2,),
                    max_epochs=1,
                    validation_fraction=None,
                    class_weight={"N": 2, "S": 1, "V": 1},
                )
            ),
            [2, 1, 1],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_trained_prior_is_known_where_it_can_be(estimator, expected):
    X = np.random.default_rng(0).normal(size=(90, 3))
    clf = PriorAdjustedClassifier(estimator).fit(X, COUNTS)
    np.testing.assert_allclose(clf.trained_prior_, np.array(expected) / sum(expected))
    np.testing.assert_allclose(clf.prior_, np.array([60, 20, 10]) / 90)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (LogisticRegression(class_weight="balanced"), "class_weight='balanced'"),
        (balanced(LogisticRegression(class_weight={"N": 2})), "class_weight="),
        (
            balanced(
                LogisticRegression(),
                FunctionSampler(func=lambda X, y: (X[10:], y[10:]), validate=True),
            ),
            "which rows FunctionSampler returned",
        ),
        *(
            (
                balanced(LogisticRegression(), sampler(random_state=0)),
                f"which rows {sampler.__name__} returned",
            )
            for sampler in (ADASYN, BorderlineSMOTE, SVMSMOTE)
        ),
        (EasyEnsembleClassifier(n_estimators=2), "sampling_strategy='auto'"),
        (LinearDiscriminantAnalysis(priors=[0.2, 0.4, 0.4]), "priors="),
        (BernoulliNB(fit_prior=False), "fit_prior=False"),
        (
            CascadeClassifier(
                [
                    ("V", LogisticRegression(class_weight="balanced")),
                    ("S", LogisticRegression()),
                ],
                remainder="N",
            ),
            "V__class_weight='balanced'",
        ),
        (
            CalibratedClassifierCV(balanced(LogisticRegression()), cv=2),
            "HybridSampler inside CalibratedClassifierCV",
        ),
        (
            FrozenEstimator(LogisticRegression().fit(np.eye(3), ["N", "S", "V"])),
            "frozen LogisticRegression",
        ),
    ],
)
def test_trained_prior_is_asked_for_where_it_cannot_be_known(estimator, message):
    X = np.random.default_rng(0).normal(size=(90, 3))
    with pytest.raises(ValueError, match=message):
        PriorAdjustedClassifier(estimator).fit(X, COUNTS)
    told = PriorAdjustedClassifier(estimator, trained_prior=[1, 1, 1]).fit(X, COUNTS)
    assert told.trained_prior_[0] == pytest.approx(1 / 3)


class Weighs(LogisticRegression):
    """Has the parameters by which XGBoost and LightGBM weigh classes."""

    def __init__(self, scale_pos_weight=None, is_unbalance=False):
        super().__init__()
        self.scale_pos_weight = scale_pos_weight
        self.is_unbalance = is_unbalance


@pytest.mark.parametrize("params", [{"scale_pos_weight": 9.0}, {"is_unbalance": True}])
def test_weights_of_gradient_boosting_packages_are_asked_about(params):
    X, y = two_normals(300, 0.2, 0)
    for neutral in (None, 1, 1.0):
        clf = PriorAdjustedClassifier(Weighs(neutral)).fit(X, y)
        assert clf.trained_prior_[1] == pytest.approx(y.mean())
    with pytest.raises(ValueError, match=f"does not support {next(iter(params))}="):
        PriorAdjustedClassifier(Weighs(**params)).fit(X, y)


def skorch_net(**options):
    return NeuralNetClassifier(torch.nn.Module, verbose=0, **options)


@pytest.mark.parametrize(
    "options",
    [
        {
            "criterion": torch.nn.CrossEntropyLoss,
            "criterion__weight": torch.ones(2),
        },
        {"criterion": torch.nn.CrossEntropyLoss(weight=torch.ones(2))},
        {"criterion": partial(torch.nn.CrossEntropyLoss, weight=torch.ones(2))},
        {"iterator_train__sampler": [0, 1]},
    ],
)
def test_weights_of_skorch_nets_are_asked_about(options):
    net = skorch_net(**options)
    net.classes_inferred_ = np.array([0, 1])
    with pytest.raises(ValueError, match="does not support"):
        trained_prior(net, np.array([0, 0, 1]), {})
    plain = skorch_net(criterion=torch.nn.CrossEntropyLoss)
    plain.classes_inferred_ = np.array([0, 1])
    assert trained_prior(plain, np.array([0, 0, 0, 1]), {}).tolist() == [0.75, 0.25]


def test_one_weight_for_all_rows_changes_nothing():
    X = np.random.default_rng(0).normal(size=(90, 3))
    clf = PriorAdjustedClassifier(LogisticRegression())
    clf.fit(X, COUNTS, sample_weight=1.0)
    np.testing.assert_allclose(clf.trained_prior_, np.array([60, 20, 10]) / 90)


def test_an_estimate_that_does_not_converge_warns():
    X, y = two_normals(300, 0.2, 0)
    clf = PriorAdjustedClassifier(LogisticRegression()).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="did not converge in max_iter=2"):
        clf.estimate_prior(X[y == 0], max_iter=2)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_a_missing_label_is_named(missing):
    X = np.random.default_rng(0).normal(size=(90, 9))
    y = COUNTS.astype(object)
    y[3] = missing
    cascade = CascadeClassifier([("V", LogisticRegression())], remainder="N")
    network = CNN1DClassifier(n_filters=(2,), max_epochs=1)
    for clf in (PriorAdjustedClassifier(LogisticRegression()), cascade, network):
        with pytest.raises(ValueError, match=r"contains? (None or )?NaN"):
            clf.fit(X, y)


def test_a_frozen_estimator_is_known_wherever_it_is():
    X = np.random.default_rng(0).normal(size=(90, 3))
    grid = {"C": [1.0]}
    frozen = FrozenEstimator(LogisticRegression().fit(X, COUNTS))
    search = FrozenEstimator(GridSearchCV(frozen.estimator, grid, cv=2).fit(X, COUNTS))
    voting = VotingClassifier([("frozen", frozen)], voting="soft")
    for estimator in (balanced(frozen), search, voting):
        with pytest.raises(ValueError, match=r"frozen LogisticReg|FrozenEstimator in"):
            PriorAdjustedClassifier(estimator).fit(X, COUNTS)
    net = CNN1DClassifier(n_filters=(2,), max_epochs=1, validation_fraction=None)
    frozen = FrozenEstimator(net.set_params(class_weight="balanced").fit(X, COUNTS))
    clf = PriorAdjustedClassifier(balanced(frozen)).fit(X, COUNTS)
    np.testing.assert_allclose(clf.trained_prior_, [1 / 3] * 3)


def test_a_class_that_only_a_frozen_estimator_knows_is_not_dropped():
    X = np.random.default_rng(0).normal(size=(90, 3))
    frozen = FrozenEstimator(LogisticRegression().fit(X, COUNTS))
    clf = PriorAdjustedClassifier(frozen, trained_prior=[1, 1, 1])
    with pytest.raises(ValueError, match=r"y lacks \['V'\], a class of the frozen"):
        clf.fit(X[:80], COUNTS[:80])
    told = clf.set_params(prior=[0.6, 0.3, 0.1]).fit(X[:80], COUNTS[:80])
    assert told.predict_proba(X)[:, 2].min() > 0


def test_weights_count_in_the_trained_prior():
    X = np.random.default_rng(0).normal(size=(90, 3))
    weights = np.where(COUNTS == COUNTS[0], 1.0, 4.0)
    clf = PriorAdjustedClassifier(LogisticRegression())
    clf.fit(X, COUNTS, sample_weight=weights)
    shares = [weights[label == COUNTS].sum() / weights.sum() for label in clf.classes_]
    np.testing.assert_allclose(clf.trained_prior_, shares)
    # The estimator answers the more often what weighs more, on average by its weight.
    answers = clf.estimator_.predict_proba(X)
    np.testing.assert_allclose(
        np.average(answers, axis=0, weights=weights), shares, rtol=1e-3
    )
    piped = Pipeline([("clf", LogisticRegression())])
    piped = PriorAdjustedClassifier(piped).fit(X, COUNTS, clf__sample_weight=weights)
    np.testing.assert_allclose(piped.trained_prior_, shares)


def test_weights_of_the_rows_before_a_sampler_are_refused():
    X = np.random.default_rng(0).normal(size=(90, 3))
    sampled = Pipeline([("sampler", HybridSampler(30)), ("clf", LogisticRegression())])
    searched = GridSearchCV(sampled, {"clf__C": [1.0]}, cv=2)
    for estimator in (sampled, searched):
        for prior in ("auto", [1, 1, 1]):
            clf = PriorAdjustedClassifier(estimator, trained_prior=prior)
            with pytest.raises(ValueError, match="each row before HybridSampler"):
                clf.fit(X, COUNTS, clf__sample_weight=np.ones(90))


def test_routes_metadata_to_the_estimator():
    X, y = two_normals(300, 0.2, 0)
    weights = np.random.default_rng(0).uniform(1, 9, 300)
    boosting = HistGradientBoostingClassifier(max_iter=5)
    with sklearn.config_context(enable_metadata_routing=True):
        asks = boosting.set_fit_request(sample_weight=True)
        clf = PriorAdjustedClassifier(asks, trained_prior=[1, 1])
        results = cross_validate(
            clf.set_score_request(sample_weight=False),
            X,
            y,
            cv=2,
            params={"sample_weight": weights},
            return_estimator=True,
            return_indices=True,
        )
        silent = PriorAdjustedClassifier(LogisticRegression())
        with pytest.raises(UnsetMetadataPassedError, match="LogisticRegression"):
            silent.fit(X, y, sample_weight=weights)
        knows = PriorAdjustedClassifier(asks).fit(X, y, sample_weight=weights)
        share = weights[y == knows.classes_[1]].sum() / weights.sum()
        assert knows.trained_prior_[1] == pytest.approx(share)
    rows, fitted = results["indices"]["train"][0], results["estimator"][0].estimator_
    # Without routing, what fit is given goes on to the estimator.
    alone = clf.fit(X[rows], y[rows], sample_weight=weights[rows]).estimator_
    np.testing.assert_array_equal(fitted.predict_proba(X), alone.predict_proba(X))
    plain = boosting.fit(X[rows], y[rows])
    assert (fitted.predict_proba(X) != plain.predict_proba(X)).any()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"prior": [0.5, 0.5]}, "prior must give each of the 3 classes"),
        ({"prior": {"N": 0.5}}, "prior must give each of the 3 classes"),
        ({"prior": [-1, 1, 1]}, "at least 0"),
        ({"trained_prior": [0, 0, 0]}, "trained_prior must give"),
        ({"trained_prior": [0, 1, 1]}, r"trained_prior is 0 for \['N'\]"),
        ({"prior": "natural"}, "prior"),
        ({"strength": -1}, "strength"),
    ],
)
def test_bad_input_is_named(params, message):
    X = np.random.default_rng(0).normal(size=(90, 3))
    with pytest.raises(ValueError, match=message):
        PriorAdjustedClassifier(LogisticRegression(), **params).fit(X, COUNTS)


def test_a_refit_forgets_the_names_of_the_last_one():
    X = np.random.default_rng(0).normal(size=(90, 3))
    clf = PriorAdjustedClassifier(LogisticRegression())
    clf.fit(pd.DataFrame(X, columns=list("abc")), COUNTS)
    assert clf.feature_names_in_.tolist() == list("abc")
    assert not hasattr(clf.fit(X, COUNTS), "feature_names_in_")


def test_a_classifier_without_probabilities_is_refused_before_it_is_fitted():
    class Bare(LinearSVC):
        def fit(self, X, y):
            pytest.fail("is fitted")

    X = np.random.default_rng(0).normal(size=(90, 3))
    for estimator in (Bare(), balanced(Bare())):
        with pytest.raises(TypeError, match="implementing 'fit' and 'predict_proba'"):
            PriorAdjustedClassifier(estimator).fit(X, COUNTS)
    assert not hasattr(PriorAdjustedClassifier(Bare()), "predict_proba")


def test_a_refit_that_fails_keeps_the_last_fit():
    X = np.repeat([[0.0], [1.0], [2.0]], 5, axis=0)
    y = np.repeat(["F", "N", "V"], 5)
    clf = PriorAdjustedClassifier(LogisticRegression(), prior="uniform").fit(X, y)
    before, proba = dict(vars(clf)), clf.predict_proba(X)
    with pytest.raises(ValueError, match="prior must give each of the 2 classes"):
        clf.set_params(prior=[0.1, 0.2, 0.7]).fit(X[:10], y[:10])
    after = dict(vars(clf))
    assert after.pop("prior") != before.pop("prior")
    assert all(after[name] is before[name] for name in before)
    assert after.keys() == before.keys()
    np.testing.assert_array_equal(clf.predict_proba(X), proba)


@pytest.mark.parametrize("parameter", ["prior", "trained_prior"])
def test_a_series_of_classes_may_have_any_order(parameter):
    X, y = np.arange(60.0).reshape(-1, 1), np.repeat(["N", "S", "V"], [10, 30, 20])
    shares = pd.Series(y).value_counts()
    assert shares.index.tolist() == ["S", "V", "N"]
    clf = PriorAdjustedClassifier(LogisticRegression(), **{parameter: shares})
    learned = getattr(clf.fit(X, y), f"{parameter}_")
    np.testing.assert_allclose(learned, [1 / 6, 1 / 2, 1 / 3])
    # A Series with another index is in the order of the classes.
    clf.set_params(**{parameter: shares.reset_index(drop=True)})
    learned = getattr(clf.fit(X, y), f"{parameter}_")
    np.testing.assert_allclose(learned, [1 / 2, 1 / 3, 1 / 6])


def test_shares_whose_sum_overflows_are_refused():
    X, y = np.arange(60.0).reshape(-1, 1), np.repeat(["N", "S", "V"], 20)
    clf = PriorAdjustedClassifier(LogisticRegression(), prior=[1e308] * 3)
    with pytest.raises(ValueError, match="with a finite sum above 0"):
        clf.fit(X, y)
