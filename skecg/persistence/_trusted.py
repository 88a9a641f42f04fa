"""Names that a model file may contain in addition to those that skops trusts.

skops trusts the estimators of scikit-learn, the universal functions of NumPy and SciPy,
and plain values. The names here are grouped by their use in the reader: it creates an
instance and sets its state, returns a class or function unchanged, or calls it.
"""

from __future__ import annotations

__all__ = ["CALLED", "CLASSES", "FUNCTIONS", "KEY_TYPES", "TREE_PREDICTOR"]


def _names(module: str, names: str) -> set[str]:
    return {f"{module}.{name}" for name in names.split()}


TREE_PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
"""A tree of a booster, whose indices are checked; see `_trees`."""

_UNDER = "imblearn.under_sampling._prototype_selection"

CLASSES = frozenset(
    {TREE_PREDICTOR, "imblearn.pipeline.Pipeline"}
    | _names("skecg.annotation._beat_annotator", "BeatAnnotator")
    | _names("skecg.annotation._model_card", "ModelCard")
    | _names("skecg.annotation._row_reader", "RowReader")
    | _names("skecg.augmentation", "BeatAugmentation")
    | _names("skecg.classification._cascade", "CascadeClassifier")
    | _names("skecg.classification._onnx_beat_classifier", "OnnxBeatClassifier")
    | _names("skecg.classification._prior_adjusted", "PriorAdjustedClassifier")
    | _names("skecg.classification.network._cnn1d_classifier", "CNN1DClassifier")
    | _names("skecg.classification.network._network_classifier", "NetworkClassifier")
    | _names(
        "skecg.classification.network._residual_cnn_classifier",
        "ResidualCNNClassifier",
    )
    | _names(
        "skecg.model_selection._single_splits", "InterPatientSplit StratifiedBeatSplit"
    )
    | _names("skecg.model_selection._subject_folds", "LeaveOneSubjectOut SubjectKFold")
    | _names("skecg.review._patient_classifier", "PatientClassifier")
    | _names("skecg.sampling._hybrid", "HybridSampler")
    | _names("skecg.signal._centered_layout", "CenteredLayout")
    | _names("skecg.signal._context_layout", "ContextLayout")
    | _names("skecg.signal._feature_layout", "FeatureLayout")
    | _names("skecg.signal._study_layout", "StudyLayout")
    | _names("imblearn.over_sampling._adasyn", "ADASYN")
    | _names("imblearn.over_sampling._random_over_sampler", "RandomOverSampler")
    | _names("imblearn.over_sampling._smote.base", "SMOTE SMOTEN SMOTENC")
    | _names("imblearn.over_sampling._smote.filter", "BorderlineSMOTE SVMSMOTE")
    | _names(f"{_UNDER}._random_under_sampler", "RandomUnderSampler")
    | _names(f"{_UNDER}._tomek_links", "TomekLinks")
    | _names(f"{_UNDER}._edited_nearest_neighbours", "EditedNearestNeighbours")
    | _names("imblearn.combine._smote_enn", "SMOTEENN")
    | _names("imblearn.combine._smote_tomek", "SMOTETomek")
    | _names(
        "sklearn.calibration",
        "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling",
    )
    | _names("sklearn.metrics._scorer", "_MultimetricScorer _PassthroughScorer _Scorer")
    | _names(
        "sklearn.model_selection._split",
        "GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut "
        "LeavePGroupsOut LeavePOut PredefinedSplit RepeatedKFold ShuffleSplit "
        "RepeatedStratifiedKFold StratifiedGroupKFold StratifiedKFold "
        "StratifiedShuffleSplit",
    )
)
"""Classes whose instances are created without a call, before their state is set."""

FUNCTIONS = frozenset(
    _names("skecg.modules._cnn1d", "CNN1D")
    | _names("skecg.modules._context_network", "ContextNetwork")
    | _names("skecg.modules._residual_cnn", "ResidualCNN")
    | _names(
        "skecg.metrics._ectopic_beats",
        "sveb_f1 sveb_pp sveb_se veb_f1 veb_fpr veb_pp veb_se",
    )
    | _names(
        "sklearn.metrics._classification",
        "accuracy_score balanced_accuracy_score brier_score_loss cohen_kappa_score "
        "f1_score fbeta_score jaccard_score log_loss matthews_corrcoef "
        "precision_score recall_score",
    )
    | _names("sklearn.metrics._ranking", "average_precision_score roc_auc_score")
    | _names("sklearn.metrics._ranking", "top_k_accuracy_score")
    | {
        "torch.optim.adam.Adam",
        "torch.optim.adamw.AdamW",
        "torch.optim.nadam.NAdam",
        "torch.optim.radam.RAdam",
        "torch.optim.rmsprop.RMSprop",
        "torch.optim.sgd.SGD",
    }
)
"""Classes and functions allowed as parameters, also in a ``functools.partial``."""

CALLED = frozenset({"builtins.frozenset", "builtins.range", "torch.device"})
"""Classes that are called with values from the file; the call has no side effects."""

KEY_TYPES = frozenset(
    _names("builtins", "bool float int str")
    | _names("numpy", "bool float32 float64 int8 int16 int32 int64 str_")
    | _names("numpy", "uint8 uint16 uint32 uint64")
)
"""The types of the keys of a dict."""
