"""Checks of ``schema.json`` of a model file before skops reads it.

skops has one list of trusted names for all uses. These checks restrict the use of each
name. The classes of dicts and lists, which are called, must be Python's own. A
``functools.partial`` may contain only a listed function. References to an object that
was checked for another use are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.persistence._nodes import Node, children_of, is_reference, name_of
from skecg.persistence._trusted import CALLED, CLASSES, FUNCTIONS, KEY_TYPES

__all__ = ["Schema"]

_PROTOCOLS = (2,)
_NAME = re.compile(r"[\w.<>]{1,200}")
_MOST_NODES = 1_000_000  # after resolving all references
_LONGEST_RANGE = 1_000_000

_EXACT = {
    "DictNode": {"builtins.dict", "collections.OrderedDict"},
    "DefaultDictNode": {"collections.defaultdict"},
    "ListNode": {"builtins.list"},
    "TupleNode": {"builtins.tuple"},
    "SetNode": {"builtins.set"},
    "SliceNode": {"builtins.slice"},
    "BytesNode": {"builtins.bytes"},
    "BytearrayNode": {"builtins.bytearray"},
    "DTypeNode": {"numpy.dtype"},
    "MaskedArrayNode": {"numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"},
    "RandomStateNode": {"numpy.random.mtrand.RandomState"},
    "RandomGeneratorNode": {"numpy.random._generator.Generator"},
    "PartialNode": {"functools.partial"},
}
"""The kinds of nodes whose class is called, and the classes allowed for each."""


class Schema:
    """The checked tree of a model file.

    Parameters
    ----------
    text : bytes
        The content of ``schema.json``.
    arrays : mapping of str to ndarray
        The arrays of the file.
    others : collection of str
        The names of the other files that nodes may refer to.
    trusted : collection of str
        Further names that the user trusts.

    Raises
    ------
    ValueError
        If anything differs from what `save_model` writes; the message contains only the
        reason.
    """

    def __init__(
        self,
        text: bytes,
        arrays: Mapping[str, npt.NDArray[Any]],
        others: Collection[str],
        trusted: Collection[str],
    ) -> None:
        self._arrays, self._trusted = arrays, frozenset(trusted)
        self._unread = {*arrays, *others}
        self._numbered: dict[int, Node] = {}
        self.nodes: list[Node] = []
        root = _parsed(text)
        if not isinstance(root, dict) or root.get("protocol") not in _PROTOCOLS:
            raise ValueError(
                "its tree has another version of skops's protocol than "
                f"{', '.join(map(str, _PROTOCOLS))}; upgrade skecg"
            )
        self._collect(root)
        for node in self.nodes:
            self._check(node)
        self._check_repetition(root)
        if self._unread:
            raise ValueError(f"its entry {min(self._unread)!r} is not used")

    def resolve(self, node: Node) -> Node:
        """Return the node that a reference points to, or the node itself."""
        return self._numbered[node["__id__"]] if is_reference(node) else node

    def array_of(self, node: Node) -> npt.NDArray[Any] | None:
        """Return the array of a node, or None if it is not a plain array."""
        node = self.resolve(node)
        if node["__loader__"] == "NdArrayNode" and node["type"] == "numpy":
            return self._arrays[node["file"]]
        return None

    def value_of(self, node: Node) -> Any:
        """Return the plain value of a node, or None if it has none."""
        node = self.resolve(node)
        return _parsed(node["content"]) if node["__loader__"] == "JsonNode" else None

    def items_of(self, node: Node) -> list[Node] | None:
        """Return the nodes in a list, or None if the node is not a list."""
        node = self.resolve(node)
        if node["__loader__"] != "ListNode":
            return None
        return [self.resolve(item) for item in node["content"]]

    def attributes_of(self, node: Node) -> dict[str, Node] | None:
        """Return the attributes of an object, or None if its state is not a dict."""
        if node["__loader__"] != "ObjectNode" or "content" not in node:
            return None
        state = self.resolve(node["content"])
        return state["content"] if state["__loader__"] == "DictNode" else None

    def _collect(self, root: Node) -> None:
        """Collect all nodes, and the numbered nodes that references may point to."""
        stack, references = [root], []
        while stack:
            node = stack.pop()
            if not isinstance(node, dict):
                raise ValueError("its tree is damaged")
            if is_reference(node):
                references.append(node["__id__"])
                continue
            for key in ("__class__", "__module__", "__loader__"):
                name = node.get(key)
                if not isinstance(name, str) or not _NAME.fullmatch(name):
                    raise ValueError("its tree is damaged")
            self.nodes.append(node)
            if "__id__" in node:
                number = node["__id__"]
                if type(number) is not int or number in self._numbered:
                    raise ValueError(
                        f"two parts of its tree have the number {number!r}, which "
                        "makes references ambiguous"
                    )
                self._numbered[number] = node
            try:
                stack.extend(children_of(node))
            except (AttributeError, KeyError, TypeError) as error:
                raise ValueError("its tree is damaged") from error
        for number in references:
            if type(number) is not int or number not in self._numbered:
                raise ValueError(
                    f"a part of its tree refers to the number {number!r}, which does "
                    "not exist"
                )

    def _check_repetition(self, root: Node) -> None:
        """Refuse parts that contain themselves, or that expand to too many nodes."""
        sizes: dict[int, int] = {}
        path: set[int] = set()
        stack = [root]
        while stack:
            node = stack[-1]
            parts = [self.resolve(part) for part in children_of(node)]
            if id(node) in sizes:
                stack.pop()
            elif id(node) in path:
                path.remove(id(stack.pop()))
                sizes[id(node)] = 1 + sum(sizes[id(part)] for part in parts)
            else:
                path.add(id(node))
                if any(id(part) in path for part in parts):
                    raise ValueError("a part of its tree contains itself")
                stack.extend(part for part in parts if id(part) not in sizes)
        if sizes[id(root)] > max(_MOST_NODES, 10 * len(self.nodes)):
            raise ValueError("the references in its tree expand to too many parts")

    def _check(self, node: Node) -> None:
        """Refuse a node that `save_model` does not write."""
        loader, name = node["__loader__"], name_of(node)
        if loader in _EXACT:
            if name not in _EXACT[loader]:
                raise _refused(name, f"is used as a {loader[:-4].lower()}")
        elif loader in ("TypeNode", "FunctionNode"):
            self._refuse_unless(FUNCTIONS | KEY_TYPES, name, "is used as a function")
        elif loader == "ConstructorFromReduceNode":
            if name not in CALLED | self._trusted:
                raise _refused(name, "would be called")
        elif loader == "ObjectNode":
            self._refuse_unless(CLASSES, name, "is used as a class of objects")
        elif loader == "TreeNode":
            if name not in self._trusted:
                raise _refused(
                    name,
                    "has indices that are not checked; if you trust the source of the "
                    f"file, pass trusted=[{name!r}]",
                )
        elif loader not in ("JsonNode", "NdArrayNode", "LossNode"):
            raise ValueError(
                f"{name[:200]} is stored as a {loader[:80]}, which a model never needs"
            )
        else:
            self._refuse_unless(frozenset(), name, f"is used as a {loader}")
        check = getattr(self, f"_check_{loader}", None)
        if check is not None:
            try:
                check(node)
            except (AttributeError, KeyError, TypeError) as error:
                raise ValueError("its tree is damaged") from error
        if "file" in node:
            if loader not in ("NdArrayNode", "BytesNode", "BytearrayNode"):
                raise ValueError("its tree is damaged")
            self._unread.discard(node["file"])

    def _refuse_unless(self, allowed: frozenset[str], name: str, use: str) -> None:
        """Refuse a use of a name that is listed only for other uses."""
        listed = CLASSES | FUNCTIONS | CALLED | {"functools.partial"}
        if name in listed and name not in allowed | self._trusted:
            raise _refused(name, use)

    def _check_DictNode(self, node: Node) -> None:
        kinds = self.resolve(node["key_types"])
        if kinds["__loader__"] != "ListNode":
            raise _refused(name_of(kinds), "is used as the types of keys")
        for kind in map(self.resolve, kinds["content"]):
            if kind["__loader__"] != "TypeNode" or name_of(kind) not in KEY_TYPES:
                raise _refused(name_of(kind), "is used as the type of a key")
        if len(kinds["content"]) != len(node["content"]):
            raise ValueError("its tree is damaged")

    def _check_ConstructorFromReduceNode(self, node: Node) -> None:
        arguments = [self.resolve(x) for x in self.resolve(node["content"])["content"]]
        if name_of(node) == "builtins.range":
            values = [self.value_of(argument) for argument in arguments]
            if not all(type(value) is int for value in values):
                raise ValueError("its tree is damaged")
            try:
                is_short = len(range(*values)) <= _LONGEST_RANGE
            except (OverflowError, TypeError):
                is_short = False
            if not is_short:
                raise ValueError("a range in it is too long")
        if any(x["__loader__"] not in ("JsonNode", "ListNode") for x in arguments):
            if name_of(node) in CALLED:
                raise ValueError("its tree is damaged")

    def _check_MaskedArrayNode(self, node: Node) -> None:
        for part in ("data", "mask"):
            if self.resolve(node["content"][part])["__loader__"] != "NdArrayNode":
                raise ValueError("its tree is damaged")

    def _check_PartialNode(self, node: Node) -> None:
        function = self.resolve(node["content"]["func"])
        is_listed = name_of(function) in FUNCTIONS | self._trusted
        if function["__loader__"] not in ("TypeNode", "FunctionNode") or not is_listed:
            raise _refused(name_of(function), "is inside a functools.partial")
        namespace = self.resolve(node["content"]["namespace"])
        if namespace["__loader__"] not in ("DictNode", "JsonNode"):
            raise ValueError("its tree is damaged")

    def _check_ObjectNode(self, node: Node) -> None:
        if "content" not in node:
            return
        state = self.resolve(node["content"])
        is_none = state["__loader__"] == "JsonNode" and state["content"] == "null"
        if state["__loader__"] != "DictNode" and not is_none:
            raise _refused(name_of(state), "is used as the attributes of an object")

    def _check_JsonNode(self, node: Node) -> None:
        if isinstance(_parsed(node["content"]), (dict, list)):
            raise ValueError("its tree is damaged")

    def _check_NdArrayNode(self, node: Node) -> None:
        name = name_of(node)
        if node["type"] == "json":
            is_known = name == "numpy.ndarray" and isinstance(node["content"], list)
        elif node["type"] == "numpy" and node["file"] in self._arrays:
            array = self._arrays[node["file"]]
            # Calling a scalar type with another value could create any size.
            is_known = name == "numpy.ndarray" or (
                array.ndim == 0 and name == f"numpy.{array.dtype.type.__name__}"
            )
        else:
            raise ValueError("one of its arrays is missing")
        if not is_known:
            raise _refused(name, "is used as the class of another array")

    def _check_BytesNode(self, node: Node) -> None:
        if not node["file"].endswith(".bin"):
            raise ValueError("its tree is damaged")

    _check_BytearrayNode: Callable[..., None] = _check_BytesNode

    def _check_SliceNode(self, node: Node) -> None:
        ends = [node["content"][part] for part in ("start", "stop", "step")]
        if not all(end is None or type(end) is int for end in ends):
            raise ValueError("its tree is damaged")

    def _check_RandomStateNode(self, node: Node) -> None:
        # NumPy does not check the position in its 624 numbers.
        state = self.resolve(self.resolve(node["content"])["content"]["state"])
        key = self.array_of(state["content"]["key"])
        position = self.value_of(state["content"]["pos"])
        if (
            key is None
            or key.shape != (624,)
            or key.dtype.kind not in "iu"
            or type(position) is not int
            or not 0 <= position <= 624
        ):
            raise ValueError(
                "its random state is outside its table, which could read other memory"
            )

    def _check_RandomGeneratorNode(self, node: Node) -> None:
        content = node["content"]
        bits, seed = self.resolve(content["bit_generator"]), content["seed_seq"]
        name = self.value_of(bits["content"]["bit_generator"])
        # NumPy reads all numbers of a sequence of any length.
        for part in map(self.resolve, self.resolve(seed)["content"].values()):
            numbers = [part]
            if part["__loader__"] in ("ListNode", "TupleNode"):
                numbers = [self.resolve(number) for number in part["content"]]
            for number in numbers:
                is_array = self.array_of(number) is not None
                if not is_array and number["__loader__"] != "JsonNode":
                    raise ValueError("its tree is damaged")
        size = self.value_of(self.resolve(seed)["content"]["pool_size"])
        # Other generators have tables with positions, and a large pool takes memory.
        if name != "PCG64" or size != np.random.SeedSequence(0).pool_size:
            raise ValueError(
                f"it has a random generator other than PCG64 ({str(name)[:80]}); use a "
                "number as random_state"
            )


def _parsed(text: Any) -> Any:
    """Return the value of a JSON text."""
    try:
        return json.loads(text, object_pairs_hook=_pairs)
    except (ValueError, RecursionError, TypeError) as error:
        raise ValueError(f"its tree cannot be read ({type(error).__name__})") from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers could choose different ones.
        raise ValueError("a key occurs twice")
    return found


def _refused(name: str, use: str) -> ValueError:
    return ValueError(f"{name[:200]} {use}")
