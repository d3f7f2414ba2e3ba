"""Small faults put into a source file, one at a time: would a test notice?"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATIONS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
CALLS = {
    "minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min",
    "floor": "ceil", "ceil": "floor", "any": "all", "all": "any",
    "argmin": "argmax", "argmax": "argmin", "sum": "mean", "mean": "sum",
    "fmin": "fmax", "fmax": "fmin", "round_up": "round_down", "round_down": "round_up",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A fault: where it is, and what stands there before and after."""

    file: str
    line: int
    before: str
    after: str
    place: int  # of the fault among all of its file

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before} → {self.after}"


def mutants(file: str, source: str) -> list[Mutant]:
    """All faults of a file, in the order of its tree."""
    tree = ast.parse(source)
    return [
        Mutant(file, node.lineno, _short(node), _short(changed), place)
        for place, (node, changed) in enumerate(_faults(tree))
    ]


def with_fault(source: str, place: int) -> ast.Module:
    """The tree of a file with one of its faults."""
    tree = ast.parse(source)
    for number, (node, changed) in enumerate(_faults(tree)):
        if number == place:
            return ast.fix_missing_locations(_Replace(node, changed).visit(tree))
    raise IndexError(place)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node):
        if node is self.old:
            return ast.copy_location(self.new, node)
        return self.generic_visit(node)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:67]}…"


def _faults(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Nodes and what they become; annotations and texts are left alone."""
    for node in _code(tree):
        for changed in _changes(node):
            yield node, changed


def _code(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "names"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from _code(child)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                changed = copy.deepcopy(node)
                changed.ops[place] = COMPARISONS[type(operator)]()
                yield changed
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign():
            if type(node.op) in OPERATIONS:
                changed = copy.deepcopy(node)
                changed.op = OPERATIONS[type(node.op)]()
                yield changed
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield copy.deepcopy(node.operand)
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.If() | ast.IfExp() | ast.While():
            changed = copy.deepcopy(node)
            changed.test = ast.UnaryOp(ast.Not(), changed.test)
            yield changed
        case ast.Call(func=ast.Name() | ast.Attribute()):
            name = "id" if isinstance(node.func, ast.Name) else "attr"
            called = getattr(node.func, name)
            if called in CALLS:
                changed = copy.deepcopy(node)
                setattr(changed.func, name, CALLS[called])
                yield changed
        case ast.Return(value=ast.AST()):
            if not isinstance(node.value, ast.Constant):
                yield ast.Return(ast.Constant(None))
        case ast.Raise():
            yield ast.Pass()
