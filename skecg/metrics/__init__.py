"""EC57 report and statistics, and confidence intervals by patient."""

from skecg.metrics._bootstrap import BootstrapInterval, bootstrap_interval
from skecg.metrics._compare_annotations import compare_annotations
from skecg.metrics._ec57_report import EC57Report, ec57_report
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
    "EC57Report",
    "bootstrap_interval",
    "compare_annotations",
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
