"""Files in EDF and EDF+, against edfio itself."""

import builtins
from datetime import date, datetime, time

import edfio
import numpy as np
import pytest
from made_up_ecg import made_up_ecg

from skecg import read_recording

ECG = made_up_ecg(3000)


def write_edf(path, *signals, **settings):
    """Write signals of 12 s, each a (label, unit, samples)."""
    edf = edfio.Edf(
        [
            edfio.EdfSignal(
                samples, len(samples) / 12, label=label, physical_dimension=unit
            )
            for label, unit, samples in signals
        ],
        data_record_duration=1,
        **settings,
    )
    edf.write(path)
    return path


@pytest.fixture
def plain(tmp_path):
    signals = ("ECG II", "uV", ECG[:, 0] * 1000), ("ECG V1", "mV", ECG[:, 1].copy())
    return write_edf(tmp_path / "night.edf", *signals)


def test_leads_are_read_in_millivolts(plain):
    recording = read_recording(plain)
    assert (recording.fs, recording.leads) == (250, ("II", "V1"))
    assert (recording.name, recording.start) == ("night", None)
    edf = edfio.read_edf(plain)
    expected = np.column_stack([edf.signals[0].data / 1000, edf.signals[1].data])
    np.testing.assert_allclose(recording.signal, expected, rtol=1e-6)


def test_blocks_are_joined(tmp_path):
    lead = made_up_ecg(1_200_000, 1)[:, 0]
    path = tmp_path / "long.edf"
    edfio.Edf([edfio.EdfSignal(lead, 480, label="II", physical_dimension="mV")]).write(
        path
    )
    expected = edfio.read_edf(path).signals[0].data.astype(np.float32)
    np.testing.assert_array_equal(read_recording(path).signal[:, 0], expected)


def test_the_ecg_is_found_in_a_polysomnogram(tmp_path):
    path = write_edf(
        tmp_path / "psg.edf",
        ("EEG Cz", "uV", ECG[:1200, 0] * 50),
        ("ECG", "uV", ECG[:, 0] * 1000),
        ("Resp", "", ECG[:120, 0].copy()),
        ("SaO2", "%", ECG[:12, 0] + 95),
    )
    assert read_recording(path).leads == ("ECG",)
    assert read_recording(path, leads=["EEG Cz"]).fs == 100
    assert read_recording(path, leads=[1]).leads == ("ECG",)
    with pytest.raises(ValueError, match=r"^leads must be voltages, but 'SaO2'"):
        read_recording(path, leads=["SaO2"])
    with pytest.raises(ValueError, match=r"^leads must have the same sampling rate"):
        read_recording(path, leads=["ECG", "EEG Cz"])
    with pytest.raises(ValueError, match=r"^leads must be some of"):
        read_recording(path, leads=["ECG II"])


def test_a_lead_may_be_chosen_by_its_label(plain):
    recording = read_recording(plain, leads=["ECG V1"])
    assert recording.leads == ("V1",)
    assert read_recording(plain, leads=["V1"]).leads == ("V1",)


def test_a_unit_that_is_not_stated_is_asked_for(tmp_path):
    path = write_edf(tmp_path / "x.edf", ("ECG", "", ECG[:, 0] * 1000))
    with pytest.raises(ValueError, match=r"^units must be given"):
        read_recording(path)
    signal = read_recording(path, units="uV").signal
    np.testing.assert_allclose(signal[:, 0], ECG[:, 0], atol=1e-3)


@pytest.mark.parametrize("micro", [b"\xb5V", b"\xc2\xb5V"])
def test_a_micro_sign_is_read_in_any_encoding(tmp_path, micro):
    path = write_edf(tmp_path / "x.edf", ("ECG", "uV      ", ECG[:, 0] * 1000))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"uV".ljust(8), micro.ljust(8), 1))
    signal = read_recording(path).signal
    np.testing.assert_allclose(signal[:, 0], ECG[:, 0], atol=1e-3)


def write_plus(path):
    return write_edf(
        path,
        ("ECG II", "mV", ECG[:, 0].copy()),
        annotations=[edfio.EdfAnnotation(1, None, "start")],
        recording=edfio.Recording(startdate=date(2024, 5, 6)),
        starttime=time(7, 8, 9, 500_000),
    )


def test_edf_plus_states_a_start(tmp_path):
    recording = read_recording(write_plus(tmp_path / "plus.edf"))
    assert recording.start == datetime(2024, 5, 6, 7, 8, 9, 500_000)
    assert (recording.leads, recording.n_samples) == (("II",), 3000)


def test_a_discontinuous_file_is_read_if_it_has_no_gap(tmp_path):
    path = write_plus(tmp_path / "plus.edf")
    whole = path.read_bytes().replace(b"EDF+C", b"EDF+D", 1)
    path.write_bytes(whole)
    assert read_recording(path).n_samples == 3000
    assert whole.count(b"+6.5\x14\x14") == 1
    path.write_bytes(whole.replace(b"+6.5\x14\x14", b"+7.5\x14\x14"))
    with pytest.raises(ValueError, match=r"^path must be a recording without gaps"):
        read_recording(path)


def test_the_first_bytes_tell_the_format(plain, tmp_path):
    path = tmp_path / "night.rec"
    plain.rename(path)
    assert read_recording(path).leads == ("II", "V1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:-2], "Incomplete data record at the end of the EDF file"),
        (lambda x: x[:-2000], "header indicates 12 data records, but file contains 8"),
        (lambda x: x[:700], "x.edf cannot be read"),
        (lambda x: x[:100], "x.edf cannot be read"),
        (lambda x: b"", "x.edf cannot be read"),
        (lambda x: x + bytes(1000), "but file contains 14 records"),
        (lambda x: x[:236] + b"99999999" + x[244:], "indicates 99999999 data records"),
        (lambda x: x[:236] + b"-1      " + x[244:], "indicates -1 data records"),
        (lambda x: x[:244] + b"0       " + x[252:], "x.edf cannot be read"),
        (lambda x: x[:252] + b"9999" + x[256:], "x.edf cannot be read"),
        (lambda x: x[:252] + b"0   " + x[256:], "x.edf cannot be read"),
        (lambda x: x.replace(b"-32768", b"32767 "), "Digital minimum equals"),
        (lambda x: x.replace(b"-32768", b"text  "), "x.edf cannot be read"),
        (lambda x: np.random.default_rng(0).bytes(5000), "x.edf cannot be read"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path, change, message):
    path = write_edf(tmp_path / "x.edf", ("ECG", "mV", ECG[:, 0].copy()))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(
        ValueError, match=r"^path must be an intact recording"
    ) as caught:
        read_recording(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [x.name for x in tmp_path.iterdir()] == ["x.edf"]


def test_without_edfio_the_error_says_what_to_install(plain, monkeypatch):
    import_ = builtins.__import__

    def refuse(name, *rest):
        if name == "edfio":
            raise ImportError(name)
        return import_(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"pip install 'skecg\[edf\]'"):
        read_recording(plain)
