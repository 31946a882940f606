"""The story as one page: chapters, pictures, and where the files are. Opens from the folder."""

from __future__ import annotations

from html import escape
from pathlib import Path

from overflight.files import write_atomic
from overflight.mission.demo.scenario import Stage
from overflight.mission.demo.telling import Chapter
from overflight.terms.track import SIMULATED

PAGE = "index.html"
_STYLE = """
:root{--ink:#1d2125;--soft:#59626b;--paper:#fff;--line:#d5dade;--mark:#8a4b00;--good:#1b6e3c;
--bad:#a32020;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a9b0b8;--paper:#14171a;
--line:#3a4149;--mark:#f0b060;--good:#7fd19b;--bad:#ff9b93}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:60rem;color:var(--ink);
background:var(--paper);font:1.0625rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0 1rem}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem;display:flex;flex-wrap:wrap;gap:.25rem .75rem;
align-items:baseline}
.mark,.state{font-size:.8125rem;font-weight:600;letter-spacing:.03em}
.mark{color:var(--mark)}
.compliant,.intact{color:var(--good)}.breach,.broken{color:var(--bad)}
.undetermined{color:var(--mark)}
section{border-top:1px solid var(--line);padding:1.25rem 0}
p{margin:.4rem 0;max-width:44rem}
.note{color:var(--soft)}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));
gap:1rem;margin:1rem 0 .5rem}
figure{margin:0}
img{display:block;width:100%;height:auto;border:1px solid var(--line);background:#fff}
figcaption,.files{color:var(--soft);font-size:.9375rem}
figcaption{margin-top:.3rem}
.files{margin:.6rem 0 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.25rem}
a{color:inherit;text-underline-offset:.15em}
a:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
@media print{section{break-inside:avoid}}
"""


def write_page(stage: Stage) -> Path:
    """Write the page into the stage's folder; every address in it is relative."""
    view, mission = stage.view, stage.mission
    title = (
        f"{view.status(mission['observing']).name} over {view.status(mission['observed']).name}, "
        f"{view.on.day} {view.on:%B %Y}: one mission, whole"
    )
    chapters = "\n".join(_chapter(one, stage.out) for one in stage.story.chapters)
    page = stage.out / PAGE
    note = (
        f"The treaty, its dates, quotas and paragraphs are data with their sources; paragraphs are "
        f"those of the {view.treaty.name}. Nobody flew: whatever happens in a chapter marked "
        f"{SIMULATED} is made up, and every file of it says so."
    )
    write_atomic(
        page,
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{escape(title)}</h1>\n<p class="note">{escape(note)}</p>\n{chapters}\n'
        "</main>\n</body>\n</html>\n",
    )
    return page


def _chapter(one: Chapter, out: Path) -> str:
    mark = f'<span class="mark">{SIMULATED}</span>' if one.simulated else ""
    state = f'<span class="state {escape(one.state)}">{escape(one.state)}</span>'
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in one.lines)
    pictures = "".join(_picture(file, caption, out) for file, caption in one.pictures)
    files = "".join(
        f'<li><a href="{_address(file, out)}">{escape(words)}</a></li>' for file, words in one.files
    )
    return (
        f"<section>\n<h2>{escape(one.title)}{mark}{state if one.state else ''}</h2>\n{lines}\n"
        + (f'<div class="pictures">{pictures}</div>\n' if pictures else "")
        + (f'<ul class="files">{files}</ul>\n' if files else "")
        + "</section>"
    )


def _picture(file: Path, caption: str, out: Path) -> str:
    address, words = _address(file, out), escape(caption)
    return (
        f'<figure><a href="{address}"><img src="{address}" alt="{words}" loading="lazy"></a>'
        f"<figcaption>{words}</figcaption></figure>"
    )


def _address(file: Path, out: Path) -> str:
    from urllib.parse import quote

    name = file.relative_to(out).as_posix()
    return quote(f"{name}/" if file.is_dir() else name)
