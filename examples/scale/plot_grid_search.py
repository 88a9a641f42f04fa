"""
Grid search over sampler and network
====================================

Sampler and network are steps of one pipeline, so a search tunes both, and the
folds keep each subject on one side.
"""

import pandas as pd
from imblearn.pipeline import Pipeline
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold

from skecg import CNN1DClassifier, HybridSampler
from skecg.datasets import make_beats

beats = make_beats(900, n_subjects=12, random_state=0)
clf = CNN1DClassifier(
    n_filters=(16, 32),
    max_epochs=3,
    validation_fraction=None,  # the rarest class has too few beats to hold any out
    random_state=0,
)
pipeline = Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", clf)])
search = GridSearchCV(
    pipeline,
    {"sampler__sampling_strategy": ["mean", 60], "clf__lr": [1e-3, 3e-3]},
    scoring="f1_macro",
    cv=StratifiedGroupKFold(3),
)
search.fit(beats.data, beats.target, groups=beats.groups)
table = pd.DataFrame(search.cv_results_)
print(table[["param_sampler__sampling_strategy", "param_clf__lr", "mean_test_score"]])
search_plot = table.pivot(
    index="param_clf__lr",
    columns="param_sampler__sampling_strategy",
    values="mean_test_score",
).plot.bar(xlabel="learning rate", ylabel="macro F1", ylim=(0, 1), rot=0)
search_plot.legend(title="sampling strategy")
