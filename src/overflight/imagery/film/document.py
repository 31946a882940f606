"""What was measured of film as documents: schemas ``sensor-film`` and ``sensor-originals``."""

from __future__ import annotations

import math
from typing import Any

from overflight.formats.bar_reading_json import bar_reading_document
from overflight.imagery.film.checks import Met, together
from overflight.imagery.film.compared import Originals, leaning, measures
from overflight.imagery.film.curve import Curve, Known
from overflight.imagery.film.grain import Grain
from overflight.imagery.film.measured import BarsRead, FilmRead, WedgeRead, finest_m
from overflight.imagery.film.negative import OwnLimit
from overflight.treaty.model import Right

KIND, ORIGINALS = "sensor-film", "sensor-originals"

_CURVE_POINTS = 31
_RESTS = (
    "Ground resolution of a film camera is read by eye on the original negative; what is computed "
    "here stands beside that reading and does not replace it.",
    "The text names neither density nor intensity: bars are read on exposure, by way of the "
    "density curve, and on density, as the eye has it.",
    "The scanner's blur is a Gaussian behind a square pixel. It acts on light that passes the "
    "negative: at a contrast of 5:1 and a scanner a third as blurred as the film, what is left of "
    "it narrows a bar read on exposure by 4 % in our simulations; the interval allows for it.",
    "Density is that of this scanner's light; the declared data name specular density, and a "
    "wedge that was measured with both tells how they differ.",
    "Speed is 1.5 over the exposure in lux seconds 0.3 above base and fog (ISO 7829).",
)


def film_document(film: FilmRead, cites: dict[str, str]) -> dict[str, Any]:
    """JSON-ready; ``cites``: paragraphs of what the regime says, by key."""
    verdict = together(
        [m.verdict for m in film.met if m.declared is not None] + [c.verdict for c in film.checks]
    )
    eye = None if film.asked.target is None else film.asked.target.eye_m
    return {
        "kind": KIND,
        "version": 1,
        "film": film.asked.name,
        "type": film.asked.type,
        "marks": list(film.marks),
        "verdict": verdict,
        "files": [{"file": name, "sha256": digest} for name, digest in film.digests],
        "scanner": {
            "pixel_um": film.scanner.pixel_um,
            "dark": film.scanner.dark,
            "white": film.scanner.white,
            "blur_px": short(film.scanner.blur_px),
            "blur_interval_95": pair(film.blur_interval),
            "blur_from": "edge" if film.asked.edge else
            ("given" if film.scanner.blur_px is not None else "unknown"),
        },
        "wedge": None if film.wedge is None else _wedge(film.wedge, film),
        "declared": [_met(m) for m in film.met],
        "bars": [_bars(b) for b in film.bars],
        "on_straight_part": short(film.straight),
        "eye_m": eye,
        "checks": [c.as_dict() for c in film.checks],
        "cites": cites,
        "rests_on": [*_RESTS, *_simulated(film.marks)],
    }  # fmt: skip


def originals_document(
    found: Originals, films: tuple[FilmRead, FilmRead], aircraft: str, cites: dict[str, str],
    sealed: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """JSON-ready: two originals, their differences, and whose choice it is. ``sealed``: what the
    bundle of the flight says of its two sets, None where no bundle was given."""
    marks = sorted({m for film in films for m in film.marks})
    return {
        "kind": ORIGINALS,
        "version": 1,
        "marks": marks,
        "aircraft_of": aircraft,
        "originals": [
            {
                "set": letter, "film": film.asked.name, "type": film.asked.type,
                "files": [{"file": name, "sha256": digest} for name, digest in film.digests],
                "measures": {n: _known(k) for n, k in measures(film).items()},
                "verdict": together(m.verdict for m in film.met if m.declared is not None),
            }
            for letter, film in zip("AB", films, strict=True)
        ],
        "differences": [
            {
                "name": d.name, "b_less_a": short(d.difference),
                "interval_95": pair(d.interval), "sure": d.sure, "better": d.better or None,
            }
            for d in found.differences
        ],
        "leaning": leaning(found.differences),
        "identical": {"verdict": found.alike, "because": found.because},
        "chooser": found.chooser or None,
        "right": None if found.right is None else _right(found.right),
        "bundle": sealed,
        "seal_with": "overflight bundle choose BUNDLE --by CODE --set A|B",
        "cites": cites,
        "rests_on": [
            "Nothing is chosen here: the side with the right may take either, for any reason.",
            *_simulated(marks),
        ],
    }  # fmt: skip


def _right(right: Right) -> dict[str, str]:
    return {"what": right.what, "cite": "; ".join(map(str, right.citations))}


def _simulated(marks: Any) -> list[str]:
    return ["SIMULATED: no figure here is of film that exists."] if "SIMULATED" in marks else []


def _wedge(wedge: WedgeRead, film: FilmRead) -> dict[str, Any]:
    return {
        "box": list(wedge.box),
        "box_found": wedge.found,
        "nominal": film.asked.wedge is not None and film.asked.wedge.nominal,
        "steps": [
            {"step": s.number, "density": short(s.density), "deviation": short(s.deviation)}
            for s in wedge.steps
        ],
        "curve": None if wedge.curve is None else _curve(wedge.curve),
        "grain": [_grain(g) for g in wedge.grain],
    }


def _curve(curve: Curve) -> dict[str, Any]:
    every = max(1, (len(curve.x) - 1) // (_CURVE_POINTS - 1))
    return {
        "exposure": "log10 lux seconds" if curve.absolute else "log10, relative to the least step",
        "gamma": _known(curve.gamma),
        "average_gradient": _known(curve.average_gradient),
        "base_fog": _known(curve.base_fog),
        "range": _known(curve.range),
        "speed_point_log_exposure": _known(curve.speed_x),
        "speed": _known(curve.speed),
        "noise_beyond_steps": short(curve.extra),
        "points": [
            {"log_exposure": short(float(x)), "density": short(float(d)),
             "deviation": short(float(s)), "slope": short(float(g))}
            for x, d, s, g in zip(
                curve.x[::every], curve.density[::every], curve.deviation[::every],
                curve.slope[::every], strict=True,
            )
        ],
    }  # fmt: skip


def _grain(grain: Grain) -> dict[str, Any]:
    return {
        "density": short(grain.density),
        "selwyn_um": short(grain.selwyn_um),
        "interval_95": pair(grain.interval),
        "rms_48_um": short(grain.rms_48),
        "scanner_noise_density": short(grain.noise),
        "blocks": grain.blocks,
        "why": grain.why,
    }


def _met(met: Met) -> dict[str, Any]:
    return {
        "name": met.name, "measured": _known(met.measured), "declared": met.declared,
        "tolerance": met.tolerance, "verdict": met.verdict, "because": met.because,
    }  # fmt: skip


def _bars(bars: BarsRead) -> dict[str, Any]:
    return {
        "on": bars.on,
        "reading": None if bars.reading is None else bar_reading_document(bars.reading),
        "negative": [_own(o) for o in bars.own],
        "ground_resolution_m": short(finest_m(bars)),
        "why": bars.why,
    }


def _own(own: OwnLimit) -> dict[str, Any]:
    return {
        "direction": own.direction, "bar_um": short(own.bar_um),
        "interval_95_um": pair(own.interval_um), "bar_m": short(own.bar_m),
        "interval_95_m": pair(own.interval_m), "why": own.why,
    }  # fmt: skip


def _known(known: Known) -> dict[str, Any]:
    return {"value": short(known.value), "interval_95": pair(known.interval), "why": known.why}


def short(value: float | None) -> float | None:
    """Six digits; None for what is not a number."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")


def pair(values: tuple[float, float] | None) -> list[float | None] | None:
    return None if values is None else [short(v) for v in values]
