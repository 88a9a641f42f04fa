from skecg import aami


def test_every_symbol_has_its_class():
    by_class = {
        letter: {s for s, c in aami.STUDY_MAPPING.items() if c == code}
        for code, letter in enumerate(aami.CLASSES)
    }
    assert by_class == {
        "N": set("NLRej"),
        "S": set("AaJS"),
        "V": set("VE"),
        "F": {"F"},
        "Q": set("/fQ"),
    }


def test_201_and_202_are_one_subject():
    assert aami.subject_of("202") == aami.subject_of("201") == "201"
    assert aami.subject_of("203") == "203"
