"""The checklists of a regime, made from the rows of checklists.toml."""

from __future__ import annotations

from overflight.terms.checklists import Checklist, ChecklistItem
from overflight.treaty.cite import Citer
from overflight.treaty.rows import Row


def build_checklist(row: Row, cite: Citer) -> Checklist:
    """A checklist from its well-formed row."""
    data = row.data
    return Checklist(
        id=data["id"],
        title=data["title"],
        side=data["side"],
        when=data["when"],
        items=tuple(
            ChecklistItem(
                child.data["text"],
                cite(child),
                child.data.get("asks", ""),
                child.data.get("right", False),
            )
            for child in row.nested.get("item", ())
        ),
        citations=cite(row),
        provided_by=data.get("provided_by", ""),
        note=data.get("note", ""),
    )
