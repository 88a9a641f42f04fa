"""The nodes of skops's ``schema.json``, and their shorter form in a model file.

A node is a JSON object with ``__class__``, ``__module__`` and ``__loader__``, the name
of its reader. skops writes an object that occurs twice two times in full. Here it is
written once, with a number ``__id__``, and ``{"__id__": number}`` is a reference to it.
skops reads both as the same object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["children_of", "is_reference", "name_of", "shorten"]

Node = dict[str, Any]

_LEAVES = ("JsonNode", "TypeNode", "FunctionNode")
_BOOLEAN = {"builtins.bool", "numpy.bool"}


def name_of(node: Node) -> str:
    """Return the full name of the class or function of a node."""
    return f"{node['__module__']}.{node['__class__']}"


def is_reference(node: Node) -> bool:
    """Return whether a node is a reference to another one."""
    return node.keys() == {"__id__"}


def children_of(node: Node) -> Iterator[Node]:
    """Yield the parts of a node, in the order in which skops reads them.

    Parameters
    ----------
    node : dict
        The node; must not be a reference.

    Yields
    ------
    dict
        Its parts.
    """
    loader: str = node["__loader__"]
    content: Any = node.get("content")
    if loader == "DictNode":
        yield node["key_types"]
        yield from content.values()
    elif loader in ("ListNode", "SetNode", "TupleNode"):
        yield from content
    elif loader in ("ObjectNode", "ConstructorFromReduceNode", "DTypeNode"):
        if content is not None:
            yield content
    elif loader == "RandomStateNode":
        yield content
    elif loader == "NdArrayNode" and node["type"] == "json":
        yield from content
        yield node["shape"]
    elif loader == "MaskedArrayNode":
        yield from (content["data"], content["mask"])
    elif loader == "DefaultDictNode":
        yield from (content["main"], content["default_factory"])
    elif loader == "RandomGeneratorNode":
        yield from (content["bit_generator"], content["seed_seq"])
    elif loader == "PartialNode":
        yield from (content[part] for part in ("func", "args", "kwds", "namespace"))
    elif loader in ("LossNode", "TreeNode"):
        yield from (content, node["__reduce__"]["args"])


def shorten(
    schema: str, entries: dict[str, bytes]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a skops schema that contains every object once.

    Parameters
    ----------
    schema : str
        The content of ``schema.json``.
    entries : dict of str to bytes
        The other entries of the archive.

    Returns
    -------
    schema : dict
        The shorter schema. Consecutive numbers replace addresses, so that the same
        model gives the same schema.
    entries : dict of str to bytes
        The entries that it names.

    Raises
    ------
    ValueError
        If two keys of a dict become the same text.
    """
    root = json.loads(schema, object_pairs_hook=_unique_keys)
    seen: dict[int, Node] = {}
    n_repeated = 0
    files: dict[tuple[str, bytes], str] = {}
    # Depth-first, like skops.
    stack = [root]
    while stack:
        node = stack.pop()
        address = node.pop("__id__", None)
        if node["__loader__"] not in _LEAVES:
            first = seen.setdefault(address, node)
            if first is not node:
                if "__id__" not in first:
                    n_repeated += 1
                    first["__id__"] = n_repeated
                node.clear()
                node["__id__"] = first["__id__"]
                continue
        if node["__loader__"] == "DictNode":
            _spell_keys(node)
        if "file" in node:
            # Equal arrays share a file, because most trees have the same empty tables.
            suffix, content = node["file"].rpartition(".")[2], entries[node["file"]]
            name = f"{len(files)}.{suffix}"
            node["file"] = files.setdefault((suffix, content), name)
        stack.extend(reversed(list(children_of(node))))
    return root, {name: content for (_, content), name in files.items()}


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [key for key, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(
            f"two keys of a dict become the same text {repeated!r}; use keys of one "
            "type"
        )
    return found


def _spell_keys(node: Node) -> None:
    """Write the key False as an empty text, which ``bool`` converts to False.

    skops writes ``"false"``, which ``bool`` would convert to True.
    """
    types = [name_of(node) for node in node["key_types"]["content"]]
    if not _BOOLEAN.isdisjoint(types):
        node["content"] = dict(
            _unique_keys(
                [
                    ("" if kind in _BOOLEAN and key == "false" else key, value)
                    for kind, (key, value) in zip(
                        types, node["content"].items(), strict=True
                    )
                ]
            )
        )
