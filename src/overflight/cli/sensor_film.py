"""``overflight sensor film`` and ``originals``: what scanned film says of itself."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import (
    add_json_option,
    add_treaty_options,
    parse_date,
    parse_readings,
    print_json,
)
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.imagery.film.measured import FilmRead
    from overflight.treaty.view import TreatyView

EXIT = {"compliant": EXIT_OK, "breach": EXIT_BREACH, "undetermined": EXIT_UNDETERMINED}
_CHECKLIST, _STEPS = "film-processing", "sensitometric-steps"


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``film`` and ``originals``."""
    film = verbs.add_parser(
        "film",
        help="scanned film: its wedge, density curve, grain, bar target, and checks of its process",
        description="Measure scanned film: the sensitometric wedge and the density curve through "
        "it, against what was declared; grain without the scanner; a bar target on the negative; "
        "each check of the process with its paragraph. 'sensor simulate film' makes an example.",
    )
    film.add_argument("file", metavar="FILM.toml", help="what is given of the film and its scans")
    film.add_argument(
        "--magnified", type=Path, metavar="PNG",
        help="write the target enlarged, to read it by eye",
    )  # fmt: skip
    film.add_argument(
        "--times", type=int, default=8, metavar="N", help="how often enlarged, 2 to 40 (8)"
    )
    film.set_defaults(handler=_film)
    both = verbs.add_parser(
        "originals",
        help="two original negatives side by side, and whose choice it is",
        description="Two original negatives of one flight: what differs and how surely, whether "
        "they are of one type, and which side may choose. The choice is sealed by 'bundle choose'.",
    )
    both.add_argument("first", metavar="A.toml", help="the first original")
    both.add_argument("second", metavar="B.toml", help="the second")
    both.add_argument(
        "--aircraft", required=True, choices=("observing", "observed"),
        help="the side that provides the observation aircraft",
    )  # fmt: skip
    both.add_argument(
        "--bundle", type=Path, metavar="BUNDLE",
        help="the sealed bundle of the flight: whose choice it states, what was chosen, and "
        "whether these scans are of its sets A and B",
    )  # fmt: skip
    both.set_defaults(handler=_originals)
    for parser in (film, both):
        add_view_options(parser)
        add_json_option(parser)


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """--treaty, --on, and how the treaty is read."""
    parser.add_argument("--treaty", metavar="NAME", help="name or folder of the regime")
    parser.add_argument("--on", type=parse_date, metavar="DATE", help="the day that counts (today)")
    add_treaty_options(parser)


def view_of(arguments: argparse.Namespace) -> TreatyView:
    """The regime on the day that was asked for."""
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty(), arguments.overlay)
    day = arguments.on
    if day is None:
        day = dt.datetime.now(tz=dt.UTC).date()
        print(f"on {day}, today; choose another day with --on", file=sys.stderr)
    return treaty.on(day, parse_readings(arguments.reading))


def say() -> Any:
    """A line for what is worked on, on a terminal."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda what: print(f"measuring {what}", file=sys.stderr, flush=True)


def _read(view: TreatyView, source: str) -> tuple[FilmRead, dict[str, str]]:
    from overflight.imagery.film.asked import read_film
    from overflight.imagery.film.measured import measure_film

    checklist = next((c for c in view.treaty.checklists if c.id == _CHECKLIST), None)
    keys = () if checklist is None else tuple(i.asks for i in checklist.items if i.asks)
    steps = next((v for v in view.values if v.key == _STEPS), None)
    asked = read_film(source, keys)
    wanted = None if steps is None else int(steps.value)
    found = measure_film(asked, checklist, wanted, say())
    return found, {} if steps is None else {_STEPS: steps.cite}


def _film(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.imagery.film.document import film_document
    from overflight.report.film import film_text

    found, cites = _read(view_of(arguments), arguments.file)
    if arguments.magnified is not None:
        _write_magnified(found, arguments.magnified, arguments.times)
    document = film_document(found, cites)
    print_json(document) if arguments.json else print(film_text(document, table))
    return EXIT[document["verdict"]]


def _originals(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.imagery.film.compared import compare
    from overflight.imagery.film.document import originals_document
    from overflight.report.film import originals_text

    view = view_of(arguments)
    first, cites = _read(view, arguments.first)
    second, _ = _read(view, arguments.second)
    found = compare(first, second, arguments.aircraft, view.treaty.rights)
    sealed = None
    if arguments.bundle is not None:
        sealed = _sealed(arguments.bundle, (first, second), found.chooser)
    document = originals_document(found, (first, second), arguments.aircraft, cites, sealed)
    print_json(document) if arguments.json else print(originals_text(document, table))
    return EXIT[found.alike]


def _sealed(
    bundle: Path, films: tuple[FilmRead, FilmRead], chooser: str
) -> dict[str, Any]:  # fmt: skip
    """What a bundle's stages say of two original sets; seals are for 'bundle verify' to check."""
    from overflight.record.manifest import CHOICE, TWO_SETS
    from overflight.record.stages import read_stages
    from overflight.record.store import open_store

    stages = read_stages(open_store(bundle))
    acts = [act for m in stages.manifests for act in m.acts]
    stated = next((a["chooser"] for a in acts if a["act"] == TWO_SETS), None)
    chosen = next((a for a in acts if a["act"] == CHOICE), None)
    identity = stages.manifests[0].identity
    sides = {identity.observing: "observing Party", identity.observed: "observed Party"}
    agrees = None if stated is None or not chooser else sides.get(stated) == chooser
    in_sets = []
    for letter, film in zip("AB", films, strict=True):
        digests = {digest for _, digest in film.digests}
        found = sorted({e.set for e in stages.entries.values() if e.sha256 in digests and e.set})
        in_sets.append({"original": letter, "found_in": found})
    return {
        "chooser": stated, "chooser_agrees": agrees,
        "chosen": None if chosen is None else chosen["set"], "scans": in_sets,
    }  # fmt: skip


def _write_magnified(found: FilmRead, path: Path, times: int) -> None:
    import io

    from PIL import Image

    from overflight.files import write_atomic
    from overflight.imagery.film.measured import counts_of
    from overflight.imagery.film.negative import magnified

    target = found.asked.target
    if target is None:
        raise DataError("there is no target to enlarge", remedy="Give [target].")
    if not 2 <= times <= 40:
        raise DataError(f"{times} times", remedy="Give --times 2 to 40.")
    counts, _ = counts_of(target.image)
    box = target.box or (0, 0, counts.shape[1], counts.shape[0])
    if box[2] * box[3] * times * times > 200_000_000:
        raise DataError("the enlarged picture would be too large",
                        remedy="Give target.box, or fewer --times.")  # fmt: skip
    out = io.BytesIO()
    Image.fromarray(magnified(counts, box, times)).save(out, format="PNG", pnginfo=_info(found))
    write_atomic(path, out.getvalue())
    print(f"written: {path}", file=sys.stderr)


def _info(found: FilmRead) -> Any:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Description", " ".join([*found.marks, "negative", found.asked.name]))
    return info
