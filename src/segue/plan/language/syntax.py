"""The grammar of conditions: the part of CEL that plans use, as a tree that knows its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

MAX_LENGTH: Final = 2000
"""Characters of one expression."""
MAX_DEPTH: Final = 12
"""Levels of nesting; Google's runtime takes 32, and one level here may become two there."""

# fmt: off
RESERVED: Final = frozenset((
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "inputs", "let",
    "loop", "namespace", "null", "package", "return", "ticket", "true", "var", "void", "while",
))
# fmt: on
"""Words that name no step: CEL's own, and the two names that every expression has."""


class ExpressionSyntaxError(ValueError):
    """A text is no expression."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    start: int
    end: int
    """The node's text is `source[start:end]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(_Node):
    """A constant; numbers keep their digits, so that money stays exact."""

    kind: str
    """`bool`, `int`, `double`, `string` or `null`."""
    text: str
    """Digits with sign, the string itself, `true`, `false` or `null`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(_Node):
    """An input, the ticket, a step, or the item of a loop."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(_Node):
    """A field of a record: `base.field`."""

    base: Node
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(_Node):
    """An item of a list or map: `base[key]`."""

    base: Node
    key: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(_Node):
    """A function, or a method of `target`."""

    target: Node | None
    name: str
    args: tuple[Node, ...]
    name_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(_Node):
    """`!x` or `-x`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(_Node):
    """Arithmetic, comparison or `in`."""

    operator: str
    left: Node
    right: Node
    operator_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic(_Node):
    """`&&` or `||` of two or more operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(_Node):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLiteral(_Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


Node: TypeAlias = Literal | Name | Select | Index | Call | Unary | Binary | Logic | Conditional | ListLiteral

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<double>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<int>\d+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<mark>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}
_LEVELS = (("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))
_INSTEAD = {
    "=": "equality is written ==",
    "&": "both is written &&",
    "|": "either is written ||",
    "{": "maps are not part of a plan's expressions",
    "'": "this text is not closed",
    '"': "this text is not closed",
}
_WORDS = {"and": "&&", "or": "||", "not": "!"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def parse(source: str) -> Node:
    """Return the tree of an expression.

    Raises:
        ExpressionSyntaxError: It is none, or too long or too deep.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionSyntaxError(0, f"is longer than {MAX_LENGTH} characters")
    if not source.strip():
        raise ExpressionSyntaxError(0, "is empty")
    return _Parser(_tokens(source)).whole()


def _tokens(source: str) -> list[_Token]:
    tokens = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            hint = _INSTEAD.get(source[at])
            raise ExpressionSyntaxError(at, hint or f"{source[at]!r} is not part of an expression")
        if match.lastgroup != "space":
            tokens.append(_Token(match.lastgroup or "", match.group(), at))
        at = match.end()
    tokens.append(_Token("end", "", len(source)))
    return tokens


class _Parser:
    """Recursive descent over CEL's precedence levels."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def whole(self) -> Node:
        node = self._expression()
        token = self._token
        if token.kind != "end":
            better = _WORDS.get(token.text)
            advice = f"write {better}" if better else "an operator is missing before it"
            raise ExpressionSyntaxError(token.start, f"{token.text!r} does not belong here: {advice}")
        return node

    def _take(self, *marks: str) -> _Token | None:
        token = self._token
        if token.kind in ("mark", "name") and token.text in marks:
            self._at += 1
            return token
        return None

    def _need(self, mark: str) -> _Token:
        token = self._take(mark)
        if token is None:
            found = repr(self._token.text) if self._token.text else "the end"
            raise ExpressionSyntaxError(self._token.start, f"{mark!r} is missing before {found}")
        return token

    def _deeper(self, by: int) -> None:
        self._depth += by
        if self._depth > MAX_DEPTH:
            raise ExpressionSyntaxError(self._token.start, f"is nested deeper than {MAX_DEPTH} levels")

    def _expression(self) -> Node:
        self._deeper(1)
        node = self._logic("||", "&&")
        if self._take("?"):
            yes = self._expression()
            self._need(":")
            no = self._expression()
            node = Conditional(start=node.start, end=no.end, condition=node, yes=yes, no=no)
        self._deeper(-1)
        return node

    def _logic(self, operator: str, *tighter: str) -> Node:
        def operand() -> Node:
            return self._logic(*tighter) if tighter else self._binary(0)

        operands = [operand()]
        while self._take(operator):
            operands.append(operand())
        if len(operands) == 1:
            return operands[0]
        start, end = operands[0].start, operands[-1].end
        return Logic(start=start, end=end, operator=operator, operands=tuple(operands))

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        taken = 0
        while operator := self._take(*_LEVELS[level]):
            taken += 1
            self._deeper(1)  # a chain leans to the left: each operator is a level
            right = self._binary(level + 1)
            left = Binary(
                start=left.start,
                end=right.end,
                operator=operator.text,
                left=left,
                right=right,
                operator_start=operator.start,
            )
        self._deeper(-taken)
        return left

    def _unary(self) -> Node:
        token = self._take("!", "-")
        if token is None:
            return self._member(self._primary())
        self._deeper(1)
        operand = self._unary()
        self._deeper(-1)
        if token.text == "-" and isinstance(operand, Literal) and operand.kind in ("int", "double"):
            return Literal(start=token.start, end=operand.end, kind=operand.kind, text="-" + operand.text)
        return Unary(start=token.start, end=operand.end, operator=token.text, operand=operand)

    def _member(self, node: Node) -> Node:
        taken = 0
        while mark := self._take(".", "["):
            taken += 1
            self._deeper(1)
            if mark.text == "[":
                key = self._expression()
                node = Index(start=node.start, end=self._need("]").end, base=node, key=key)
                continue
            name = self._token
            if name.kind != "name":
                raise ExpressionSyntaxError(name.start, "a field's name is missing after '.'")
            self._at += 1
            if self._take("("):
                node = self._call(node, name)
            else:
                node = Select(start=node.start, end=name.end, base=node, field=name.text)
        self._deeper(-taken)
        return node

    def _call(self, target: Node | None, name: _Token) -> Node:
        args, end = self._list(")")
        start = name.start if target is None else target.start
        return Call(start=start, end=end, target=target, name=name.text, args=args, name_start=name.start)

    def _list(self, closing: str) -> tuple[tuple[Node, ...], int]:
        if last := self._take(closing):
            return (), last.end
        items = [self._expression()]
        while self._take(","):
            items.append(self._expression())
        return tuple(items), self._need(closing).end

    def _primary(self) -> Node:
        token = self._token
        self._at += 1
        if token.kind in ("int", "double"):
            return Literal(start=token.start, end=token.end, kind=token.kind, text=token.text)
        if token.kind == "string":
            text = _unescape(token)
            return Literal(start=token.start, end=token.end, kind="string", text=text)
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            node = self._expression()
            self._need(")")
            return node
        if token.text == "[":
            items, end = self._list("]")
            return ListLiteral(start=token.start, end=end, items=items)
        self._at -= 1
        found = repr(token.text) if token.text else "the end"
        raise ExpressionSyntaxError(token.start, f"a value is missing before {found}")

    def _named(self, token: _Token) -> Node:
        if token.text in ("true", "false"):
            return Literal(start=token.start, end=token.end, kind="bool", text=token.text)
        if token.text == "null":
            return Literal(start=token.start, end=token.end, kind="null", text="null")
        if self._take("("):
            return self._call(None, token)
        return Name(start=token.start, end=token.end, name=token.text)


def _unescape(token: _Token) -> str:
    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            value = int(code[1:], 16)
            if not 0 < value < 0x110000 or 0xD800 <= value < 0xE000:
                offset = token.start + 1 + match.start()
                raise ExpressionSyntaxError(offset, f"\\{code} is no character")
            return chr(value)
        if code not in _ESCAPED:
            offset = token.start + 1 + match.start()
            raise ExpressionSyntaxError(offset, f"\\{code} is no escape; a backslash is written \\\\")
        return _ESCAPED[code]

    body = token.text[1:-1]
    bad = next((i for i, c in enumerate(body) if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if bad is not None:
        raise ExpressionSyntaxError(token.start + 1 + bad, "is no character that a text may hold")
    return _ESCAPE.sub(replace, body)
