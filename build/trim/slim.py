"""Source without what only a type checker reads: annotations, overloads and imports that never happen."""

import ast

_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def slim(source: str, name: str) -> str:
    """Return a module that runs the same. NamedTuples keep their fields, with nothing said of the types."""
    tree = _Slimmer().visit(ast.parse(source, name))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Slimmer(ast.NodeTransformer):
    """Takes annotations away; a body that becomes empty is filled with ``pass``."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        bases = {ast.unparse(base).split("[")[0].removeprefix("typing.") for base in node.bases}
        dataclass = any("dataclass" in ast.unparse(item) for item in node.decorator_list)
        if bases & {"NamedTuple", "TypedDict"} or dataclass:
            for item in node.body:
                if isinstance(item, ast.AnnAssign) and not dataclass:
                    item.annotation = ast.Constant(None)
            node.body = [item if isinstance(item, ast.AnnAssign) else self.visit(item) for item in node.body]
            return node
        return self._filled(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return ast.copy_location(ast.Assign([node.target], node.value), node) if node.value else None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        if any(ast.unparse(item) in ("overload", "typing.overload") for item in node.decorator_list):
            return None
        node.returns = None
        return self._filled(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt] | None:
        if ast.unparse(node.test) in _CHECKING:
            return [self.visit(item) for item in node.orelse] or None
        return self._filled(node)

    def _filled(self, node: ast.ClassDef | ast.FunctionDef | ast.If) -> ast.AST:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node
