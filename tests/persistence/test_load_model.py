"""load_model: damaged, hostile and older files."""

import io
import json
import os
import re
import struct
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from safe_files import (
    LINE_SIZE,
    archive_of,
    items,
    node,
    nodes_of,
    pairs,
    small_beats,
    take_apart,
    text,
    write_signed,
)
from sklearn.ensemble import HistGradientBoostingClassifier
from small_network import SMALL

from skecg import CNN1DClassifier, HybridSampler, load_model, save_model
from skecg.persistence import read_card

STORED = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "sampler.skops"
    save_model(HybridSampler(random_state=0), path)
    return path


@pytest.fixture(scope="module")
def booster_file(tmp_path_factory, beats):
    model = HistGradientBoostingClassifier(
        max_iter=1, max_leaf_nodes=4, early_stopping=False
    )
    model.fit(beats.data[:, :3], beats.target == 2)
    path = tmp_path_factory.mktemp("booster") / "booster.skops"
    save_model(model, path)
    return path


def refused(path, message, **options):
    with pytest.raises(ValueError) as caught:
        load_model(path, **options)
    shown = str(caught.value)
    assert re.search(message, shown), shown
    assert "\n" not in shown and shown.endswith(".")
    assert shown.startswith("path must be ")
    return shown


def test_every_flipped_bit_is_noticed(small_file, tmp_path):
    content = small_file.read_bytes()
    path = tmp_path / "flipped.skops"
    for position in range(len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 1 << (position % 8)
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="path must be "):
            load_model(path)
    # All bits of the line, where the checksum and the size are.
    for position in range(LINE_SIZE):
        for bit in {*range(8)} - {position % 8}:
            damaged = bytearray(content)
            damaged[position] ^= 1 << bit
            path.write_bytes(damaged)
            with pytest.raises(ValueError, match="path must be "):
                read_card(path)


def test_every_truncation_and_every_longer_file_is_noticed(small_file, tmp_path):
    content = small_file.read_bytes()
    path = tmp_path / "short.skops"
    for size in {*range(LINE_SIZE + 50), *range(0, len(content), 37), len(content) - 1}:
        path.write_bytes(content[:size])
        with pytest.raises(ValueError, match="path must be "):
            load_model(path)
    for more in (b"\0", b"\n", content):
        path.write_bytes(content + more)
        refused(path, "bytes after its first line instead of")


def test_random_flips_of_a_fitted_model_are_noticed(model_file, tmp_path):
    content = model_file.read_bytes()
    path = tmp_path / "flipped.skops"
    rng = np.random.default_rng(0)
    for position in rng.integers(len(content), size=200):
        damaged = bytearray(content)
        damaged[position] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="path must be "):
            load_model(path)


def test_files_of_other_kinds_are_named(tmp_path, small_file):
    path = tmp_path / "model.skops"
    path.write_bytes(b"")
    refused(path, "is empty")
    path.write_bytes(b"hello, world")
    refused(path, "does not start like one; pass a file that save_model has written")
    joblib.dump(HybridSampler(), path)
    refused(path, "looks like a pickle; loading a pickle can run any code")
    skops.io.dump(HybridSampler(), path)
    refused(path, "zip archive without a checksum; .* skops.io.load")
    refused(write_signed(path, b"no archive"), "its archive cannot be read")
    with pytest.raises(FileNotFoundError, match=r"nowhere.skops' does not exist"):
        load_model(tmp_path / "nowhere.skops")
    refused(tmp_path, "is not a regular file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused(tmp_path / "pipe", "is not a regular file")
    archive = small_file.read_bytes()[LINE_SIZE:]
    refused(write_signed(path, archive, number=2), "format 2; upgrade skecg")
    refused(write_signed(path, archive, number=0), "its format is unknown")
    with pytest.raises(ValueError, match="home folder"):
        load_model("~nobody-of-this-name/model.skops")


# Archives


def zipped(*entries, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def linked(name="0.npy"):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


CARD = ("card.json", "{}")


@pytest.mark.parametrize(
    "archive, message",
    [
        (zipped(("schema.json", "{}")), "it has no card.json"),
        (zipped(CARD), "it has no schema.json"),
        (zipped(CARD, ("../0.npy", b"")), r"'\.\./0\.npy' has a name that"),
        (zipped(CARD, ("/etc/passwd", b"")), "'/etc/passwd' has a name that"),
        (zipped(CARD, ("a\\0.npy", b"")), "has a name that"),
        (zipped(CARD, ("0.npy/", b"")), "has a name that"),
        (zipped(CARD, ("0.npy\n", b"")), "has a name that"),
        (zipped(CARD, (linked(), b"/etc/passwd")), "is a link or not a regular"),
        (
            zipped(CARD, ("0.npy", bytes(10**7)), compression=zipfile.ZIP_DEFLATED),
            "is compressed, so that it could have any size",
        ),
        (
            zipped(CARD, ("schema.json", "[" * 10**5 + "]" * 10**5)),
            "its tree cannot be read",
        ),
        (zipped(CARD, ("schema.json", '{"protocol": 2, "protocol": 2}')), "tree"),
        (zipped(CARD, ("schema.json", "[]")), "another version of skops"),
        (zipped(CARD, ("schema.json", '{"protocol": 0}')), "another version of skops"),
        (zipped(CARD, ("schema.json", '{"protocol": 2}')), "its tree is damaged"),
        (zipped(CARD, ("schema.json", b"\xff\xfe")), "its tree cannot be read"),
        (zipped(CARD, ("schema.json", '{"a": 1' + "0" * 5000 + "}")), "cannot be read"),
    ],
)
def test_hostile_archives(archive, message, tmp_path):
    refused(write_signed(tmp_path / "model.skops", archive), message)


def test_an_entry_that_is_there_twice_or_states_another_size(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = zipped(CARD, ("schema.json", "{}"), ("schema.json", "{}"))
    refused(write_signed(tmp_path / "model.skops", archive), "occurs twice")
    archive = bytearray(zipped(CARD, ("schema.json", "{}")))
    where = archive.rindex(b"PK\x01\x02")
    for size in (100, 2**31):
        for start in (20, 24):  # compressed, uncompressed
            archive[where + start : where + start + 4] = struct.pack("<I", size)
        path = write_signed(tmp_path / "model.skops", bytes(archive))
        refused(path, "entries overlap|cannot be read")


def test_two_entries_of_the_same_bytes(tmp_path):
    archive = bytearray(zipped(CARD, ("schema.json", "{}"), ("1.npy", bytes(50))))
    # Both arrays start where the first does.
    entry = archive[archive.rindex(b"PK\x01\x02") : archive.rindex(b"PK\x05\x06")]
    end = archive.rindex(b"PK\x05\x06")
    archive[end:end] = entry.replace(b"1.npy", b"2.npy")
    end = archive.rindex(b"PK\x05\x06")
    n = struct.unpack("<H", archive[end + 8 : end + 10])[0] + 1
    archive[end + 8 : end + 12] = struct.pack("<HH", n, n)
    size = struct.unpack("<I", archive[end + 12 : end + 16])[0] + len(entry)
    archive[end + 12 : end + 16] = struct.pack("<I", size)
    refused(write_signed(tmp_path / "model.skops", bytes(archive)), "cannot be read")


# Arrays


def stated(kind, shape):
    return f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}"


def header(text, version=b"\x01\x00"):
    text = text.encode("latin1").ljust(117) + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    "content, message",
    [
        (
            header(stated("<f8", "2**40,")),
            "head",
        ),
        (
            header(
                "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"
            ),
            "states 99,999,999,999 items of 8 bytes, but has 0 bytes",
        ),
        (
            header(
                "{'descr': '|S0', 'fortran_order': False, 'shape': (9999999999,), }"
            ),
            "states 9,999,999,999 items of 0 bytes",
        ),
        (
            header(stated("<f8", "-1, -1")),
            "states 1 items|header",
        ),
        (
            header(stated("|O", "1,")) + b"cos",
            "contains Python objects, whose loading would run code",
        ),
        (header("__import__('os').system('true')"), "header of its array 0.npy"),
        (header("(" * 100), "header of its array 0.npy"),
        (b"\x93NUMPY\x09\x00", "header of its array 0.npy"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "header of its array 0.npy"),
        (b"\x80\x04\x95.", "header of its array 0.npy"),
        (b"", "header of its array 0.npy"),
    ],
)
def test_hostile_arrays(content, message, tmp_path):
    archive = zipped(CARD, ("schema.json", '{"protocol": 2}'), ("0.npy", content))
    refused(write_signed(tmp_path / "model.skops", archive), message)


# Trees of objects


def sampler_with(value):
    """Return the schema of a sampler whose parameter is a node."""
    state = pairs(
        {
            "sampling_strategy": text("equal"),
            "random_state": value,
        }
    )
    name = "skecg.sampling._hybrid.HybridSampler"
    return {**node("ObjectNode", name, content=state), "protocol": 2}


def call_of(function, *arguments, **keywords):
    return node(
        "PartialNode",
        "functools.partial",
        content={
            "func": function,
            "args": items(*arguments, loader="TupleNode", name="builtins.tuple"),
            "kwds": pairs(keywords),
            "namespace": text(None),
        },
    )


SYSTEM = node("FunctionNode", "os.system")
ADAM = node("TypeNode", "torch.optim.adam.Adam")
NAME = "skecg.sampling._hybrid.HybridSampler"
TUPLE = {"loader": "TupleNode", "name": "builtins.tuple"}


@pytest.mark.parametrize(
    "value, message",
    [
        (
            call_of(SYSTEM, text("touch owned")),
            r"os\.system is inside",
        ),
        (
            call_of(node("FunctionNode", "posix.system"), text("touch owned")),
            r"posix\.system is inside",
        ),
        (
            call_of(node("TypeNode", NAME)),
            r"HybridSampler is (inside a functools\.partial|used as a function)",
        ),
        (call_of(call_of(ADAM)), r"functools\.partial is inside a functools\.partial"),
        (call_of(node("FunctionNode", "numpy.exp")), r"numpy\.exp is inside"),
        (SYSTEM, r"does not trust: os\.system"),
        (node("TypeNode", "subprocess.Popen"), r"does not trust: subprocess\.Popen"),
        (node("ObjectNode", "subprocess.Popen"), r"does not trust: subprocess\.Popen"),
        (
            node("ObjectNode", "skecg._files.write_text"),
            r"does not trust: skecg\._files\.write_text",
        ),
        (
            node("ObjectNode", "torch.optim.adam.Adam"),
            r"Adam is used as a class of objects",
        ),
        (node("TypeNode", NAME), "HybridSampler is used as a function"),
        (
            node("ConstructorFromReduceNode", NAME, content=items(**TUPLE)),
            "HybridSampler would be called",
        ),
        (
            node(
                "ConstructorFromReduceNode",
                "os.system",
                content=items(text("touch owned"), **TUPLE),
            ),
            r"os\.system would be called",
        ),
        (items(text("touch owned"), name="os.system"), r"os\.system is used as a list"),
        (items(text(1), name=NAME), r"HybridSampler is used as a list"),
        (items(loader="SetNode", name="os.system"), r"os\.system is used as a set"),
        (items(loader="TupleNode", name=NAME), r"HybridSampler is used as a tuple"),
        ({**pairs({}), "__class__": "system", "__module__": "os"}, "used as a dict"),
        (
            {**pairs({"touch owned": text(1)}), "key_types": items(call_of(ADAM))},
            r"functools\.partial is used as the type of a key",
        ),
        (
            {**pairs({"touch owned": text(1)}), "key_types": items(SYSTEM)},
            r"os\.system is used as the type of a key",
        ),
        (
            node(
                "MethodNode",
                NAME,
                content={"obj": node("ObjectNode", NAME), "func": "fit"},
            ),
            "stored as a MethodNode",
        ),
        (
            node("OperatorFuncNode", "operator.methodcaller", attrs=items(text("x"))),
            "stored as a OperatorFuncNode",
        ),
        (node("CachedNode", NAME), "stored as a CachedNode"),
        (node("MadeUpNode", NAME), "stored as a MadeUpNode"),
        (node("SparseMatrixNode", "scipy.sparse._csr.csr_matrix"), "SparseMatrixNode"),
        (
            node(
                "LossNode",
                "os.system",
                content=pairs({}),
                __reduce__={"args": items(text("touch owned"), **TUPLE)},
            ),
            r"does not trust: .*os\.system",
        ),
        (
            node(
                "LossNode",
                NAME,
                content=pairs({}),
                __reduce__={"args": items(**TUPLE)},
            ),
            "HybridSampler is used as a LossNode",
        ),
        (
            node(
                "TreeNode",
                "os.system",
                content=pairs({}),
                __reduce__={"args": items(text("touch owned"), **TUPLE)},
            ),
            r"os\.system has indices that are not checked",
        ),
        (
            node(
                "ObjectNode",
                "sklearn.tree._tree.Tree",
                content=pairs({}),
            ),
            r"does not trust: sklearn\.tree\._tree\.Tree",
        ),
        (node("ObjectNode", NAME, content=items(**TUPLE)), "used as the attributes"),
        ({"__id__": 7}, "refers to the number 7"),
        ({"__id__": []}, r"refers to the number \[\]"),
        (
            items({**text(1), "__id__": 1}, {**SYSTEM, "__id__": 1}),
            "two parts of its tree have the number 1",
        ),
        ({**text(1), "content": "[" * 10**5}, "its tree cannot be read"),
        ({**text(1), "content": "[1]"}, "its tree is damaged"),
        ({**text(1), "content": 1}, "its tree cannot be read"),
        ({"__loader__": "JsonNode"}, "its tree is damaged"),
        ("text", "its tree is damaged"),
        (node("ListNode", "builtins.list", content=5), "its tree is damaged"),
        (node("ListNode", "builtins.list", content=[5]), "its tree is damaged"),
        (node("DictNode", "builtins.dict"), "its tree is damaged"),
        (
            node("NdArrayNode", "numpy.ndarray", type="numpy", file="5.npy"),
            "one of its arrays is missing",
        ),
        (
            node("NdArrayNode", "numpy.ndarray", type="numpy", file="card.json"),
            "one of its arrays is missing",
        ),
        (node("BytesNode", "builtins.bytes", file="card.json"), "tree is damaged"),
        (
            node(
                "RandomStateNode",
                "numpy.random.mtrand.RandomState",
                content=pairs({"state": pairs({"pos": text(10**6)})}),
            ),
            "its tree is damaged",
        ),
    ],
)
def test_hostile_trees(value, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive = archive_of(sampler_with(value), {"card.json": b"{}"})
    shown = refused(write_signed(tmp_path / "model.skops", archive), message)
    assert len(shown) < 2500
    assert [path.name for path in tmp_path.iterdir()] == ["model.skops"]


def numbered(number, value):
    return {**value, "__id__": number}


@pytest.mark.parametrize(
    "value, message",
    [
        (numbered(1, items({"__id__": 1})), "a part of its tree contains itself"),
        (
            items(
                numbered(1, items(text(1), text(1))),
                *(
                    numbered(k, items({"__id__": k - 1}, {"__id__": k - 1}))
                    for k in range(2, 60)
                ),
            ),
            "references in its tree expand",
        ),
        (
            node(
                "ConstructorFromReduceNode",
                "builtins.range",
                content=items(text(10**12), **TUPLE),
            ),
            "a range in it is too long",
        ),
        (
            node(
                "ConstructorFromReduceNode",
                "builtins.range",
                content=items(text(10**40), **TUPLE),
            ),
            "a range in it is too long",
        ),
        (
            node(
                "ConstructorFromReduceNode",
                "builtins.frozenset",
                content=items(call_of(ADAM), **TUPLE),
            ),
            "its tree is damaged",
        ),
        (
            node(
                "MaskedArrayNode",
                "numpy.ma.MaskedArray",
                content={"data": items(text(1)), "mask": text(False)},
            ),
            "its tree is damaged",
        ),
        (node("ObjectNode", "os.\x1b[2Jsystem"), "its tree is damaged"),
        (node("ObjectNode", "a\nb.C"), "its tree is damaged"),
        (node("ObjectNode", "a." + "B" * 10**5), "its tree is damaged"),
        (node("ObjectNode", ""), "its tree is damaged"),
    ],
)
def test_trees_that_take_time_or_memory(value, message, tmp_path):
    archive = archive_of(sampler_with(value), {"card.json": b"{}"})
    refused(write_signed(tmp_path / "model.skops", archive), message)


def test_a_scalar_of_any_size(tmp_path):
    """``numpy.void(n)`` would make n bytes."""
    number = np.array(10**12)
    value = node("NdArrayNode", "numpy.void", type="numpy", file="0.npy")
    entries = {"card.json": b"{}", "0.npy": npy(number)}
    archive = archive_of(sampler_with(value), entries)
    refused(
        write_signed(tmp_path / "model.skops", archive),
        r"numpy\.void is used as the class of another array",
    )


def test_a_card_that_is_none(tmp_path, small_file):
    schema, entries = take_apart(small_file)
    path = tmp_path / "model.skops"
    for content in (b"[]", b"{", b"[" * 10**5):
        write_signed(path, archive_of(schema, {**entries, "card.json": content}))
        with pytest.raises(ValueError, match="is refused: "):
            read_card(path)


def test_a_deep_tree(tmp_path):
    value = text(1)
    for _ in range(400):
        value = items(value)
    archive = archive_of(sampler_with(value), {"card.json": b"{}"})
    refused(write_signed(tmp_path / "model.skops", archive), "it is refused|refused: ")


def test_a_reduce_method_is_not_called(tmp_path, monkeypatch):
    """A class with a hostile __reduce__ is refused when it is written, too."""
    monkeypatch.chdir(tmp_path)

    class Hostile:
        def __reduce__(self):
            return os.system, ("touch owned",)

    with pytest.raises(ValueError, match="Hostile"):
        save_model(HybridSampler(random_state=Hostile()), tmp_path / "model.skops")
    assert not list(tmp_path.iterdir())


def test_an_entry_of_nothing(tmp_path, small_file):
    schema, entries = take_apart(small_file)
    archive = archive_of(schema, {**entries, "7.bin": b"hidden"})
    refused(write_signed(tmp_path / "m.skops", archive), "'7.bin' is not used")


def test_random_states_outside_their_table(tmp_path):
    path = tmp_path / "model.skops"
    save_model(HybridSampler(random_state=np.random.RandomState(0)), path)
    schema, entries = take_apart(path)
    state = next(x for x in nodes_of(schema) if x["__loader__"] == "RandomStateNode")
    state["content"]["content"]["state"]["content"]["pos"]["content"] = "1000000"
    refused(write_signed(path, archive_of(schema, entries)), "outside its table")


# Boosters and networks


def npy(x):
    buffer = io.BytesIO()
    np.save(buffer, x)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"left": 0}, "a branch that leads back or outside"),
        ({"right": 2**31}, "a branch that leads back or outside"),
        ({"feature_idx": 3}, "a feature that the model does not have"),
        ({"feature_idx": -1}, "a negative feature"),
        ({"is_categorical": 1}, "categories outside their table"),
    ],
)
def test_trees_of_boosters_that_would_read_other_memory(
    changes, message, booster_file, tmp_path
):
    schema, entries = take_apart(booster_file)
    for name, content in entries.items():
        if name.endswith(".npy"):
            x = np.load(io.BytesIO(content))
            if x.dtype.names and "is_leaf" in x.dtype.names:
                for field, value in changes.items():
                    x[field][x["is_leaf"] == 0] = value
                entries[name] = npy(x)
    path = write_signed(tmp_path / "model.skops", archive_of(schema, entries))
    refused(path, message)


def test_boosters_of_other_parts(booster_file, tmp_path):
    def changed(change):
        schema, entries = take_apart(booster_file)
        change(schema["content"]["content"], entries)
        return write_signed(tmp_path / "model.skops", archive_of(schema, entries))

    def a_tree(attributes):
        return attributes["_predictors"]["content"][0]["content"][0]

    def fewer_features(attributes, _):
        attributes["_n_features"]["content"] = "1"

    refused(changed(fewer_features), "no table of its categorical features")

    def no_tree(attributes, _):
        attributes["_predictors"]["content"][0]["content"][0] = text(1)

    refused(changed(no_tree), "something else in the place of a tree|is not used")

    def a_tuple(attributes, _):
        attributes["_predictors"].update(__class__="tuple", __loader__="TupleNode")

    refused(changed(a_tuple), "something else in the place of trees")

    def no_nodes(attributes, _):
        nodes = a_tree(attributes)["content"]["content"]["nodes"]
        nodes.update(type="json", content=[], shape=items(text(0)))
        del nodes["file"]

    refused(changed(no_nodes), "no table of nodes|is not used")


@pytest.mark.parametrize(
    "name, value",
    [("n_filters", (10**9,) * 3), ("n_hidden", 10**10), ("n_filters", (4, 4, 4, 4))],
)
def test_networks_of_other_sizes_than_their_weights(name, value, tmp_path, beats):
    """No memory is allocated for weights that the file does not hold."""
    clf = CNN1DClassifier(**SMALL, max_epochs=1, validation_fraction=None)
    clf.fit(beats.data, beats.target)
    path = tmp_path / "model.skops"
    save_model(clf, path)
    schema, entries = take_apart(path)
    architecture = schema["content"]["content"]["_architecture"]["content"]
    arguments = architecture["arguments"]["content"]
    part = text(value) if isinstance(value, int) else items(*map(text, value), **TUPLE)
    arguments[name] = part
    refused(
        write_signed(path, archive_of(schema, entries)),
        "weights do not fit a CNN1D of the stored sizes",
    )


# Older files


def test_the_files_of_each_format_load_and_predict_as_they_did():
    stored = sorted(STORED.glob("*.skops"))
    assert [path.name for path in stored] == ["pipeline-format-1.skops"]
    for path in stored:
        assert path.stat().st_size < 60_000
        assert path.read_bytes().startswith(b"skecg model file 0001 ")
        model = load_model(path)
        card = read_card(path)
        beats = small_beats()
        rows = beats.data[:: card["every"]]
        # Processors round sums of float32 differently.
        np.testing.assert_allclose(
            model.predict_proba(rows), card["probabilities"], atol=1e-4
        )
        assert model["clf"].estimator_.best_epoch_ == 1
        assert json.dumps(card["training_data"]["n_rows"]) == "200"
