"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast

from checkout import modules, texts

CODE = (".py", ".sh", ".js", ".css", ".html", ".jinja", ".j2", ".sql")
EVERYWHERE = ("src", "tests", "tools")
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_file_of_code_is_longer_than_400_lines() -> None:
    lengths = {name: text.count("\n") for name, text in texts() if name.endswith(CODE)}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": lines
        for name, nodes in modules(*EVERYWHERE)
        for node in nodes
        if isinstance(node, FUNCTION) and (lines := (node.end_lineno or 0) - node.lineno + 1) > 60
    }
    assert long == {}


def test_no_function_takes_more_than_four_positional_arguments() -> None:
    greedy = [
        f"{name}:{node.lineno} {node.name}"
        for name, nodes in modules("src", "tools")
        for node in nodes
        if isinstance(node, FUNCTION) and _positional(node) > 4 and not _is_compiled(node)
    ]
    assert greedy == []


def _positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    taken = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return len(taken) - (taken[:1] in (["self"], ["cls"]))


def _is_compiled(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Compiled kernels hand each other arrays in one fixed order; their callers are few and near."""
    return any(ast.unparse(decorator).startswith(("njit", "kernel")) for decorator in node.decorator_list)
