"""CQL2 text (OGC 21-065r2, annex B) into CQL2 JSON.

Read here and not by a library: what is known on the registries ends the whole process on deep
nesting, and these are a stranger's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from overflight.errors import DataError

MOST_LETTERS = 16_384
MOST_DEPTH = 32
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:''|\\'|[^'])*')
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d][\w:.]*|:[\w:.]+|"(?:""|[^"])+")
    | (?P<sign><=|>=|<>|[=<>+\-*/%^(),])
    | (?P<end>$)
    )""",
    re.VERBOSE,
)
_REMEDY = "Write the filter in CQL2, for instance gsd < 0.4 AND platform = 'OS-1'."
_COMPARE = frozenset({"=", "<>", "<", "<=", ">", ">="})
_WKT = {
    "POINT": ("Point", 0),
    "LINESTRING": ("LineString", 1),
    "POLYGON": ("Polygon", 2),
    "MULTIPOINT": ("MultiPoint", 1),
    "MULTILINESTRING": ("MultiLineString", 2),
    "MULTIPOLYGON": ("MultiPolygon", 3),
}
_RESERVED = frozenset(
    {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV"}
)  # fmt: skip

Token = tuple[str, str]
Json = Any


def read_text(text: str) -> dict[str, Any]:
    """The expression as JSON. DataError, which says where, for what is none or is too deep."""
    if len(text) > MOST_LETTERS:
        raise DataError(f"the filter has more than {MOST_LETTERS} letters", remedy=_REMEDY)
    reader = _Reader(_tokens(text))
    found = reader.expression()
    reader.expect("end")
    if not isinstance(found, dict) or "op" not in found:
        raise DataError("the filter is no condition", remedy=_REMEDY)
    return found


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise DataError(
                f"the filter cannot be read from {text[at : at + 20]!r} on", remedy=_REMEDY
            )
        found.append((match.lastgroup, match[match.lastgroup]))
        if match.lastgroup == "end":
            return found
        at = match.end()


class _Reader:
    """Goes over the tokens once, one method a level of precedence."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self) -> Json:
        """OR, the weakest."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise DataError("the filter is too deep", remedy=_REMEDY)
        found = self._chain("OR", lambda: self._chain("AND", self._negated))
        self._depth -= 1
        return found

    def expect(self, kind: str, what: str = "") -> str:
        """The next token, which has to be this one."""
        found, text = self._tokens[self._at]
        if found != kind or (what and text != what):
            raise self._wrong()
        self._at += 1
        return text

    def _wrong(self) -> DataError:
        before = " ".join(text for _, text in self._tokens[max(0, self._at - 3) : self._at])
        here = self._tokens[self._at][1] or "its end"
        return DataError(
            f"the filter cannot be read at {here[:40]!r}, after {before[-60:]!r}", remedy=_REMEDY
        )

    def _is(self, what: str) -> bool:
        kind, text = self._tokens[self._at]
        return (kind == "sign" and text == what) or (kind == "name" and text.upper() == what)

    def _take(self, what: str) -> bool:
        if not self._is(what):
            return False
        self._at += 1
        return True

    def _chain(self, word: str, part: Callable[[], Json]) -> Json:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else {"op": word.lower(), "args": parts}

    def _negated(self) -> Json:
        turns = 0
        while self._take("NOT"):
            turns += 1
        found = self._predicate()
        for _ in range(turns % 2 if turns < 2 else 2 - turns % 2):
            found = {"op": "not", "args": [found]}
        return found

    def _predicate(self) -> Json:
        left = self._sum()
        kind, text = self._tokens[self._at]
        if kind == "sign" and text in _COMPARE:
            self._at += 1
            return {"op": text, "args": [left, self._sum()]}
        if self._take("IS"):
            turned = self._take("NOT")
            if not self._take("NULL"):
                raise self._wrong()
            return _turned({"op": "isNull", "args": [left]}, turned)
        turned = self._take("NOT")
        if self._take("LIKE"):
            return _turned({"op": "like", "args": [left, self._sum()]}, turned)
        if self._take("BETWEEN"):
            low = self._sum()
            if not self._take("AND"):
                raise self._wrong()
            return _turned({"op": "between", "args": [left, low, self._sum()]}, turned)
        if self._take("IN"):
            return _turned({"op": "in", "args": [left, self._listed()]}, turned)
        if turned:
            raise self._wrong()
        return left

    def _sum(self) -> Json:
        return self._row(("+", "-"), lambda: self._row(("*", "/", "%", "DIV"), self._power))

    def _row(self, signs: tuple[str, ...], part: Callable[[], Json]) -> Json:
        found = part()
        while (sign := next((s for s in signs if self._take(s)), None)) is not None:
            found = {"op": sign.lower(), "args": [found, part()]}
        return found

    def _power(self) -> Json:
        minus = 0
        while self._take("-"):
            minus += 1
        found = self._operand()
        if self._take("^"):
            found = {"op": "^", "args": [found, self._operand()]}
        if minus % 2 == 0:
            return found
        return -found if isinstance(found, int | float) else {"op": "*", "args": [-1, found]}

    def _operand(self) -> Json:
        kind, text = self._tokens[self._at]
        if self._is("("):
            found = self._listed()
            return found[0] if len(found) == 1 else found
        self._at += 1
        if kind == "text":
            return text[1:-1].replace("''", "'").replace("\\'", "'")
        if kind == "number":
            return _number(text)
        if kind != "name" or text.upper() in _RESERVED:
            self._at -= 1
            raise self._wrong()
        return self._name(text)

    def _name(self, text: str) -> Json:
        if text.startswith('"'):
            return {"property": text[1:-1].replace('""', '"')}
        word = text.upper()
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word in _WKT or word == "GEOMETRYCOLLECTION":
            return self._geometry(word)
        if not self._is("("):
            return {"property": text}
        args = self._listed()
        if word == "BBOX":
            return {"bbox": args}
        if word in ("TIMESTAMP", "DATE"):
            if len(args) != 1:
                raise self._wrong()
            return {word.lower(): args[0]}
        return {"interval": args} if word == "INTERVAL" else {"op": text.lower(), "args": args}

    def _listed(self) -> list[Json]:
        """( a, b, ... ), also with nothing in it."""
        self.expect("sign", "(")
        found: list[Json] = []
        while not self._take(")"):
            if found:
                self.expect("sign", ",")
            found.append(self.expression())
        return found

    def _geometry(self, word: str) -> Json:
        self._take("Z")
        if word == "GEOMETRYCOLLECTION":
            parts: list[Json] = []
            self.expect("sign", "(")
            while not self._take(")"):
                if parts:
                    self.expect("sign", ",")
                inner = self.expect("name").upper()
                if inner not in _WKT:
                    raise self._wrong()
                parts.append(self._geometry(inner))
            return {"type": "GeometryCollection", "geometries": parts}
        kind, levels = _WKT[word]
        if levels == 0:
            self.expect("sign", "(")
            coordinates: Json = self._position()
            self.expect("sign", ")")
        else:
            coordinates = self._nested(levels)
        return {"type": kind, "coordinates": coordinates}

    def _nested(self, levels: int) -> list[Json]:
        self.expect("sign", "(")
        found: list[Json] = []
        while not found or self._take(","):
            if levels > 1:
                found.append(self._nested(levels - 1))
            elif self._take("("):  # the points of a MULTIPOINT may have brackets of their own
                found.append(self._position())
                self.expect("sign", ")")
            else:
                found.append(self._position())
        self.expect("sign", ")")
        return found

    def _position(self) -> list[float]:
        found: list[float] = []
        while self._is("-") or self._tokens[self._at][0] == "number":
            sign = -1 if self._take("-") else 1
            found.append(sign * _number(self.expect("number")))
        if len(found) not in (2, 3):
            raise self._wrong()
        return found


def _turned(condition: Json, turned: bool) -> Json:
    return {"op": "not", "args": [condition]} if turned else condition


def _number(text: str) -> int | float:
    return int(text) if text.isdecimal() and len(text) < 19 else float(text)
