"""EC57 report and statistics, intervals by patient, comparisons of classifiers."""

from skecg.metrics._bootstrap import BootstrapInterval, bootstrap_interval
from skecg.metrics._classifier_comparison import ClassifierComparison
from skecg.metrics._compare_annotations import compare_annotations
from skecg.metrics._compare_classifiers import (
    DecisiveGroupWarning,
    compare_classifiers,
)
from skecg.metrics._ec57_report import EC57Report
from skecg.metrics._ectopic_beats import (
    sveb_f1,
    sveb_pp,
    sveb_se,
    veb_f1,
    veb_fpr,
    veb_pp,
    veb_se,
)
from skecg.metrics._influence import influence
from skecg.metrics._label_report import ec57_report
from skecg.metrics._scorers import (
    ec57_sveb_f1_scorer,
    ec57_sveb_pp_scorer,
    ec57_sveb_se_scorer,
    ec57_veb_f1_scorer,
    ec57_veb_pp_scorer,
    ec57_veb_se_scorer,
)

__all__ = [
    "BootstrapInterval",
    "ClassifierComparison",
    "DecisiveGroupWarning",
    "EC57Report",
    "bootstrap_interval",
    "compare_annotations",
    "compare_classifiers",
    "ec57_report",
    "ec57_sveb_f1_scorer",
    "ec57_sveb_pp_scorer",
    "ec57_sveb_se_scorer",
    "ec57_veb_f1_scorer",
    "ec57_veb_pp_scorer",
    "ec57_veb_se_scorer",
    "influence",
    "sveb_f1",
    "sveb_pp",
    "sveb_se",
    "veb_f1",
    "veb_fpr",
    "veb_pp",
    "veb_se",
]
