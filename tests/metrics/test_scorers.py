"""EC57's figures as scorers of searches and cross-validation."""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score

from skecg import metrics
from skecg.datasets import make_beats


def test_scorers_serve_searches_and_cross_validation():
    beats = make_beats(300, n_subjects=6, random_state=0)
    names = [name for name in metrics.__all__ if name.endswith("_scorer")]
    assert len(names) == 6
    for name in names:
        scorer = getattr(metrics, name)
        model = LogisticRegression().fit(beats.data, beats.target)
        figure = getattr(metrics, name.removeprefix("ec57_").removesuffix("_scorer"))
        expected = figure(beats.target, model.predict(beats.data), zero_division=0.0)
        assert scorer(model, beats.data, beats.target) == expected
    search = GridSearchCV(
        DummyClassifier(),
        {"strategy": ["most_frequent", "stratified"]},
        cv=GroupKFold(3),
        scoring={"v": metrics.ec57_veb_f1_scorer, "s": metrics.ec57_sveb_f1_scorer},
        refit="v",
    )
    search.fit(beats.data, beats.target, groups=beats.groups)
    # Calling all beats N finds no V beat: 0, not undefined.
    assert search.cv_results_["mean_test_v"][0] == 0
    assert np.isfinite(search.cv_results_["mean_test_s"]).all()


def test_a_scorer_gives_0_where_its_figure_is_undefined():
    model = DummyClassifier().fit([[0], [1]], [0, 0])
    for scorer in (metrics.ec57_veb_pp_scorer, metrics.ec57_sveb_f1_scorer):
        assert cross_val_score(
            model, [[0]] * 6, [0] * 6, cv=2, scoring=scorer
        ).tolist() == [0, 0]
