"""Citations of a document as short as they can be told, and what the short names stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight.cli.tables import table
from overflight.terms.citations import Source, SourceKind

if TYPE_CHECKING:
    from overflight.treaty.view import TreatyView

Short = Callable[[Sequence[str]], str]
"""Citations as short as they can be told."""


def shortener(sources: Mapping[str, Source]) -> Short:
    """Each citation as in the parties: the paragraph of the text, or the source's id."""
    return lambda cites: "; ".join(dict.fromkeys(_short(cite, sources)[0] for cite in cites))


def legend(document: Mapping[str, Any], view: TreatyView) -> str:
    """The ids that a document's citations are shortened to, with their titles."""
    found = (_short(cite, view.treaty.sources) for cite in _cites(document))
    titles = {source.id: source.title for short, source in found if source and short == source.id}
    return "Sources\n" + table(("id", "title"), sorted(titles.items())) if titles else ""


def _cites(value: Any) -> Iterator[str]:
    """Every citation anywhere in the document."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "cite":
                yield from item
            else:
                yield from _cites(item)
    elif isinstance(value, list):
        for item in value:
            yield from _cites(item)


def _short(cite: str, sources: Mapping[str, Source]) -> tuple[str, Source | None]:
    """The short form and the source; the longest title goes first, as one may begin another."""
    for source in sorted(sources.values(), key=lambda source: -len(source.title)):
        if source.kind is SourceKind.TEXT and cite.endswith(f" ({source.title})"):
            return cite.removesuffix(f" ({source.title})"), source
        if cite == source.title or cite.startswith(f"{source.title}, "):
            return source.id, source
    return cite, None
