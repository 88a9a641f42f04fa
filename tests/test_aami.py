from skecg import aami


def test_every_symbol_has_its_class():
    by_class = {
        letter: {s for s, c in aami.STUDY_MAPPING.items() if c == code}
        for code, letter in enumerate(aami.CLASSES)
    }
    assert by_class == {
        "N": set("NLRBejn"),
        "S": set("AaJS"),
        "V": set("VrE"),
        "F": {"F"},
        "Q": set("/fQ?"),
    }


def test_no_beat_is_none_of_the_classes():
    codes = {*aami.STUDY_MAPPING.values(), *aami.EC57_MAPPING.values()}
    assert max(*codes, len(aami.CLASSES) - 1) < aami.NOT_A_BEAT
