"""A small model, and tools to read and rebuild model files."""

import hashlib
import io
import json
import zipfile

from imblearn.pipeline import Pipeline
from small_network import SMALL

from skecg import CNN1DClassifier, HybridSampler, PriorAdjustedClassifier
from skecg.datasets import make_beats

LINE_SIZE = 104


def small_beats(**options):
    settings = {"weights": [3, 1, 1, 1, 1], "noise": 0.01, "random_state": 0}
    return make_beats(200, **{**settings, **options})


def small_pipeline():
    """Return a pipeline of several estimators of the package that trains quickly."""
    network = CNN1DClassifier(
        **{**SMALL, "n_filters": (4, 4, 4)}, max_epochs=1, validation_fraction=None
    )
    clf = PriorAdjustedClassifier(network, prior="uniform", strength=0.2)
    return Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", clf)])


def take_apart(path):
    """Return the schema and the other entries of a model file."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes()[LINE_SIZE:])) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(entries.pop("schema.json")), entries


def archive_of(schema, entries):
    """Return a zip archive with the entries, written without skecg."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        text = schema if isinstance(schema, (str, bytes)) else json.dumps(schema)
        archive.writestr("schema.json", text)
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write_signed(path, archive, number=1):
    """Write an archive as a model file with a valid checksum."""
    start = f"skecg model file {number:04d} {len(archive):016d} ".encode()
    digest = hashlib.sha256(start + b"\n" + archive).hexdigest().encode()
    path.write_bytes(start + digest + b"\n" + archive)
    return path


def nodes_of(part):
    """Yield all nodes of a schema."""
    if isinstance(part, dict):
        if "__loader__" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from nodes_of(item)


def node(loader, name, **content):
    """Return a node of skops."""
    module, _, kind = name.rpartition(".")
    return {"__class__": kind, "__module__": module, "__loader__": loader, **content}


def text(value):
    return node("JsonNode", "builtins.str", content=json.dumps(value))


def items(*content, loader="ListNode", name="builtins.list"):
    return node(loader, name, content=list(content))


def pairs(content):
    kinds = items(*(node("TypeNode", "builtins.str") for _ in content))
    return node("DictNode", "builtins.dict", content=content, key_types=kinds)
