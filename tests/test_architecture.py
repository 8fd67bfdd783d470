"""Which part of the package may import which, read from the source without importing anything.

What is not yet so stands in an `_EXCEPTIONS` table with its reason. A table may only shrink: an entry that is
needed no more fails, too.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "handvision"

# From the ground up: a part may import those that it names, and each stands above those.
MAY_IMPORT = {
    "core": "",
    "heads": "core",
    "imaging": "core",
    "media": "core heads",
    "augment": "core media",
    "synthesis": "core imaging augment",
    "datasets": "core imaging media",
    "protocol": "core heads imaging augment synthesis datasets",
    "models": "core heads",
    "inference": "core heads media models",
    "evaluation": "core heads imaging augment models inference",
    "training": "core heads imaging augment synthesis datasets protocol models evaluation",
    "plotting": "core heads",
    "studies": "core heads imaging media augment synthesis datasets protocol models inference evaluation "
    "training plotting",
    "cli": "core heads imaging media augment synthesis datasets protocol models inference evaluation "
    "training plotting studies",
    "__init__": "core media models inference",
    "__main__": "cli",
}
DIRECTION_EXCEPTIONS: dict[tuple[str, str], str] = {}

# These parts answer in a moment, so importing them may load none of FRAMEWORKS.
LIGHT = (
    "core",
    "heads",
    "imaging",
    "media",
    "synthesis",
    "datasets",
    "plotting",
    "inference",
    "cli",
    "__init__",
)
FRAMEWORKS = {"keras", "tensorflow", "tf2onnx", "torch", "jax", "onnx"}
LIGHT_EXCEPTIONS = {
    "heads.layers": "Keras classes; heads import them when a network is built",
    "heads.losses": "Keras classes; heads import them when a network is compiled",
    "inference.backends.keras": "runs Keras models; imported when it is given one",
}

LONGEST_FUNCTION = 60  # lines, its docstring not counted
LENGTH_EXCEPTIONS: dict[str, str] = {}
NOT_IMPLEMENTED_EXCEPTIONS = {}


def module_name(path: Path) -> str:
    """`handvision/core/files.py` -> "core.files"; a package is named by its folder, the root "__init__"."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


TREES = {module_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def part(module: str) -> str:
    return module.split(".")[0]


def at_module_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run when the module is imported: not what waits in a function or is for type checkers."""
    for node in ast.iter_child_nodes(tree):
        waits = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if waits or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            continue
        yield node
        yield from at_module_level(node)


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Full names of what is imported: modules of ours without "handvision.", others as they are."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (_ours(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by the full name, not relative"
            for alias in node.names:
                inner = _ours(f"{node.module}.{alias.name}")
                yield inner if inner in TREES else _ours(str(node.module))


def _ours(name: str) -> str:
    return "__init__" if name == "handvision" else name.removeprefix("handvision.")


EVER = {name: {m for m in imported(ast.walk(tree)) if m != name} for name, tree in TREES.items()}
AT_ONCE = {name: set(imported(at_module_level(tree))) for name, tree in TREES.items()}


def loaded_with(module: str) -> set[str]:
    """All that an import of a module of ours loads: what it imports, what those import, and the packages
    around each, but not the root, which is judged by itself."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in TREES:
            waiting += AT_ONCE[name]
            waiting += [name.rsplit(".", count)[0] for count in range(1, name.count(".") + 1)]
    return found


def holds(found: set, exceptions: dict) -> None:
    """Fails with what breaks the rule, and with the exceptions that are needed no more."""
    wrong, mended = found - set(exceptions), set(exceptions) - found
    assert not wrong, f"these break the rule: {sorted(wrong)}"
    assert not mended, f"these break the rule no more, so take them off the table: {sorted(mended)}"


def test_the_table_of_parts_is_whole_and_points_down():
    assert {part(name) for name in TREES} == set(MAY_IMPORT)
    parts = list(MAY_IMPORT)
    for name, allowed in MAY_IMPORT.items():
        for below in allowed.split():
            assert parts.index(below) < parts.index(name), f"{below} must stand above {name} in the table"


def test_imports_run_one_way():
    wrong = {
        (module, other)
        for module, others in EVER.items()
        for other in others
        if other in TREES and part(other) != part(module)
        if part(other) not in MAY_IMPORT[part(module)].split()
    }
    holds(wrong, DIRECTION_EXCEPTIONS)


def test_no_modules_import_each_other():
    sorter = TopologicalSorter({name: others & set(TREES) for name, others in EVER.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' -> '.join(error.args[1])}")


def test_light_parts_load_no_framework():
    heavy = {
        name
        for name in TREES
        if part(name) in LIGHT and {loaded.split(".")[0] for loaded in loaded_with(name)} & FRAMEWORKS
    }
    holds(heavy, LIGHT_EXCEPTIONS)


def test_no_function_is_long():
    long = {
        f"{name}.{node.name}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > LONGEST_FUNCTION
    }
    holds(long, LENGTH_EXCEPTIONS)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    documented = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return function.end_lineno - function.lineno + 1 - documented


def test_nothing_waits_to_be_implemented():
    raising = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc and "NotImplementedError" in ast.unparse(node.exc)
    }
    holds(raising, NOT_IMPLEMENTED_EXCEPTIONS)
