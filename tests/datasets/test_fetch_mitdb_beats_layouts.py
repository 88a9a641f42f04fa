"""fetch_mitdb_beats: the centred layout, the features and the choice of leads."""

import numpy as np
import pytest

from skecg.datasets import fetch_mitdb_beats
from skecg.mitdb import PACED, RECORDS
from skecg.signal import get_layout

pytestmark = pytest.mark.real


def all_except(records):
    return [name for name in RECORDS if name not in records]


def test_centered_layout_has_every_annotated_beat(cut_beats):
    beats = cut_beats("centered", all_except(PACED))
    assert beats.data.shape == (100_733, 2 * 96 + 6)
    assert (beats.n_channels, beats.n_aux_features) == (2, 6)
    assert beats.feature_names[0] == "MLII_sample_0"
    # The R peak, in millivolts, is at the position that the layout defines.
    normal = np.median(beats.data[beats.symbols == "N"], axis=0)[:96]
    assert abs(int(np.argmax(normal)) - 36) <= 1
    assert 0.5 < normal.max() < 2
    # Half of the S beats come early, and few of the normal ones.
    is_early = beats.data[:, beats.feature_names.index("pre_rr_to_local")] < 0.9
    assert is_early[beats.target == 1].mean() > 3 * is_early[beats.target == 0].mean()


def test_public_files_lack_the_last_beat_of_each_record(cut_beats):
    centered = cut_beats("centered", all_except(PACED))
    study = fetch_mitdb_beats("all", exclude=PACED)
    for record in all_except(PACED):
        peaks, public_peaks = (
            np.sort(beats.r_peaks[beats.records == record])
            for beats in (centered, study)
        )
        np.testing.assert_array_equal(peaks[:-1], public_peaks)


def test_records_cut_together_are_those_cut_apart(cut_beats):
    records = ("100", "114", "201", "202")
    apart = cut_beats("centered", records)
    together = fetch_mitdb_beats(
        "all", layout="centered", leads=apart.leads, exclude=all_except(records)
    )
    for name in ("data", "target", "groups", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(together[name], apart[name])


@pytest.mark.parametrize("subset", ["train", "test"])
def test_centered_subsets_are_those_of_the_public_files(mitdb, subset):
    # The paced records; a record whose first signal is V5; records of one subject,
    # of which 201 ends with an annotation that is not a beat; and record 232.
    excluded = all_except({*PACED, "114", "201", "202", "232"})
    centered = fetch_mitdb_beats(
        subset, layout="centered", leads=[("MLII", "V5")], exclude=excluded
    )
    study = fetch_mitdb_beats(subset, exclude=excluded)
    for name in ("target", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(centered[name], study[name])


@pytest.mark.parametrize("layout", ["features", "causal_features"])
def test_features_have_a_row_for_every_centered_beat(cut_beats, layout):
    records = ("106", "118")
    leads = (("MLII", "V5"), "V1")
    beats = fetch_mitdb_beats(
        "all", layout=layout, leads=leads, exclude=all_except(records), as_frame=True
    )
    centered = cut_beats("centered", records, leads)
    for name in ("target", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(beats[name], centered[name])
    assert (beats.n_channels, beats.n_aux_features) == (0, 42)
    assert beats.layout == get_layout(layout)
    assert beats.layout.read_leads(beats.feature_names) == ["MLII/V5", "V1"]
    assert np.isfinite(beats.data.to_numpy()).all()
    # The V beats are those of 106, and nearly all S beats those of 118.
    suffix = "_causal" if beats.layout.is_causal else ""
    by_class = beats.data.groupby(beats.target).median()
    assert by_class.loc[1, f"pre_rr_to_sinus{suffix}"] < 0.85
    assert by_class.loc[2, f"qrs_correlation_mean{suffix}"] < 0.8
    assert by_class.loc[0, f"qrs_correlation_mean{suffix}"] > 0.9


@pytest.mark.parametrize("leads", [("V5", "MLII"), ("MLII", "V5")])
def test_leads_are_chosen_by_name(mitdb, wfdb, cut_beats, leads):
    """Record 114 has V5 and MLII; the rows have them in the order of `leads`."""
    beats = cut_beats("centered", ["114"], leads)
    record = wfdb.rdrecord(str(mitdb.path / "114"))
    assert record.sig_name == ["V5", "MLII"]
    window = beats.r_peaks[0] + 3 * np.arange(-36, 60)
    for k, lead in enumerate(leads):
        ours = beats.data[0, 96 * k : 96 * k + 96]
        theirs = record.p_signal[window, record.sig_name.index(lead)]
        assert np.corrcoef(ours, theirs)[0, 1] > 0.95


def test_errors_name_the_leads(mitdb):
    others = all_except(["102"])
    with pytest.raises(ValueError, match="MLII, but record 102 has V5 and"):
        fetch_mitdb_beats(layout="centered", leads=["MLII"], exclude=others)
    with pytest.raises(ValueError, match="leads must be None in the study's layout"):
        fetch_mitdb_beats(layout="centered")
    with pytest.raises(ValueError, match="leads must be None in the study's layout"):
        fetch_mitdb_beats(leads=["MLII"])
    # Record 100 has MLII and V5.
    given = {"layout": "centered", "exclude": all_except(["100"])}
    for leads in (["MLII", ("MLII", "V5")], ["MLII", "MLII"]):
        with pytest.raises(ValueError, match=r"two of .* select MLII in record 100"):
            fetch_mitdb_beats(leads=leads, **given)
    for lead in (0, None, (), ("MLII", 0), b"MLII"):
        with pytest.raises(
            ValueError, match="leads must contain names such as 'MLII' "
        ):
            fetch_mitdb_beats(leads=[lead], **given)
    with pytest.raises(ValueError, match="leads must name at least one lead"):
        fetch_mitdb_beats(leads=[], **given)
