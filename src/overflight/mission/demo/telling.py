"""The story as it grows: chapters of lines and pictures, for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Say = Callable[[str], None]


@dataclass(slots=True)
class Chapter:
    """A heading, what is told under it, pictures (file, caption) and files to open (file, words).

    ``state`` is the short answer in it ("compliant", "intact"), "" where there is none.
    """

    title: str
    lines: list[str] = field(default_factory=list)
    pictures: list[tuple[Path, str]] = field(default_factory=list)
    files: list[tuple[Path, str]] = field(default_factory=list)
    state: str = ""
    simulated: bool = False


@dataclass(slots=True)
class Story:
    """All chapters so far; each line is said as soon as it is told. ``progress`` hears of work.

    ``book``: what the text is called that paragraphs are of; not said again after each.
    """

    say: Say
    progress: Callable[[str], None] = lambda _: None
    chapters: list[Chapter] = field(default_factory=list)
    book: tuple[str, ...] = ()

    def chapter(self, title: str, state: str = "", *, simulated: bool = False) -> None:
        """Begin a chapter."""
        if self.chapters:
            self.say("")
        self.chapters.append(Chapter(title, state=state, simulated=simulated))
        marks = " (SIMULATED)" if simulated else ""
        self.say(f"{title.upper()}{marks}{f': {state.upper()}' if state else ''}")

    def tell(self, line: str) -> None:
        """One sentence or two of the chapter."""
        for name in self.book:
            line = line.replace(f" ({name})", "")
        self.chapters[-1].lines.append(line)
        self.say(f"  {line}")

    def picture(self, file: Path, caption: str) -> None:
        """A picture for the page; nothing on the terminal."""
        self.chapters[-1].pictures.append((file, caption))

    def file(self, file: Path, words: str) -> None:
        """A file or folder that the page links to; nothing on the terminal."""
        self.chapters[-1].files.append((file, words))
