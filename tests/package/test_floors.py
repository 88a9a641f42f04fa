"""Each floor imports only from the floors below it; private modules from no room."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/design.md").read_text()
FLOORS = {
    room: int(floor)
    for floor, room in re.findall(r"^\| (\d) \| `skecg/(\w+)", TABLE, re.MULTILINE)
}


# The modules beside the rooms, such as skecg/_validation.py, which any floor imports.
PRIVATE = {path.stem for path in (ROOT / "skecg").glob("_[!_]*.py")}


def rooms_read_by(path):
    """Name the rooms that a file imports from, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("skecg."))


def test_the_table_has_every_room():
    parts = (ROOT / "skecg").glob("[!_]*")
    assert set(FLOORS) == {p.stem for p in parts if p.name != "py.typed"}


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_only_from_floors_below(room):
    home = ROOT / "skecg"
    files = [home / f"{room}.py", *(home / room).rglob("*.py")]
    for file in files:
        if file.is_file():
            others = set(rooms_read_by(file)) - {room} - PRIVATE
            not_below = {x for x in others if FLOORS[x] >= FLOORS[room]}
            assert not not_below, file.name


@pytest.mark.parametrize("module", sorted(PRIVATE))
def test_a_private_module_imports_facts_and_private_modules_alone(module):
    others = set(rooms_read_by(ROOT / "skecg" / f"{module}.py"))
    assert others <= {"aami", "mitdb"} | PRIVATE
