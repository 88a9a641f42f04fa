"""fetch_mitdb_beats: the centred layout, the features and the choice of leads."""

import numpy as np
import pytest

from skecg import aami
from skecg.datasets import fetch_mitdb_beats

pytestmark = pytest.mark.real


LEADS = ["MLII", ("V1", "V2", "V4", "V5")]


def test_centered_layout_has_every_annotated_beat(mitdb):
    beats = fetch_mitdb_beats("all", layout="centered", leads=LEADS, exclude=aami.PACED)
    assert beats.data.shape == (100_733, 2 * 96 + 6)
    assert (beats.n_channels, beats.n_aux_features) == (2, 6)
    assert beats.feature_names[0] == "MLII_sample_0"
    # The R peak, in millivolts, stands where the layout says.
    normal = np.median(beats.data[beats.symbols == "N"], axis=0)[:96]
    assert abs(int(np.argmax(normal)) - 36) <= 1
    assert 0.5 < normal.max() < 2
    # Half of the S beats come early, and few of the normal ones.
    is_early = beats.data[:, beats.feature_names.index("pre_rr_to_local")] < 0.9
    assert is_early[beats.target == 1].mean() > 3 * is_early[beats.target == 0].mean()


@pytest.mark.parametrize("subset", ["train", "test"])
def test_centered_subsets_are_those_of_the_public_files(mitdb, subset):
    centered = fetch_mitdb_beats(
        subset, layout="centered", leads=[("MLII", "V5")], rr=None
    )
    study = fetch_mitdb_beats(subset)
    for name in ("target", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(centered[name], study[name])


@pytest.mark.parametrize("layout", ["features", "causal_features"])
def test_features_have_a_row_for_every_centered_beat(mitdb, layout):
    others = [name for name in mitdb.records if name not in ("106", "118")]
    common = {"subset": "all", "leads": [("MLII", "V5"), "V1"], "exclude": others}
    beats = fetch_mitdb_beats(layout=layout, as_frame=True, **common)
    centered = fetch_mitdb_beats(layout="centered", **common)
    for name in ("target", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(beats[name], centered[name])
    assert (beats.n_channels, beats.n_aux_features) == (0, 42)
    assert np.isfinite(beats.data.to_numpy()).all()
    # 106 has ventricular beats alone, 118 nearly all of the premature others.
    by_class = beats.data.groupby(beats.target).median()
    assert by_class.loc[1, "pre_rr_to_sinus"] < 0.85
    assert by_class.loc[2, "qrs_correlation_mean"] < 0.8
    assert by_class.loc[0, "qrs_correlation_mean"] > 0.9


@pytest.mark.parametrize("leads", [["V5", "MLII"], ["MLII", "V5"]])
def test_leads_are_chosen_by_name(mitdb, wfdb, leads):
    """In 114 the second signal is MLII; the rows hold them as they are asked for."""
    others = [name for name in mitdb.records if name != "114"]
    beats = fetch_mitdb_beats(
        "all", layout="centered", leads=leads, exclude=others, rr=None
    )
    record = wfdb.rdrecord(str(mitdb.path / "114"))
    assert record.sig_name == ["V5", "MLII"]
    window = beats.r_peaks[0] + 3 * np.arange(-36, 60)
    for k, lead in enumerate(leads):
        ours = beats.data[0, 96 * k : 96 * k + 96]
        theirs = record.p_signal[window, record.sig_name.index(lead)]
        assert np.corrcoef(ours, theirs)[0, 1] > 0.95


def test_errors_name_the_leads(mitdb):
    with pytest.raises(ValueError, match="MLII, which record 102 lacks: it has V5 and"):
        fetch_mitdb_beats(layout="centered", leads=["MLII"])
    with pytest.raises(ValueError, match="leads must name leads in the centred"):
        fetch_mitdb_beats(layout="centered")
    with pytest.raises(ValueError, match="leads must name leads in the centred"):
        fetch_mitdb_beats(leads=["MLII"])
    # Record 100 has MLII and V5.
    for leads in (["MLII", ("MLII", "V5")], ["MLII", "MLII"]):
        with pytest.raises(ValueError, match=r"two of .* are MLII in record 100"):
            fetch_mitdb_beats(layout="centered", leads=leads)
    for lead in (0, None, (), ("MLII", 0), b"MLII"):
        with pytest.raises(ValueError, match="leads must hold names such as 'MLII', "):
            fetch_mitdb_beats(layout="centered", leads=[lead])
    with pytest.raises(ValueError, match="leads must name one lead at least"):
        fetch_mitdb_beats(layout="centered", leads=[])
