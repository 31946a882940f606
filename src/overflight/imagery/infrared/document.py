"""What was read of a line scanner as a document: schema ``sensor-infrared``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.imagery.film.document import pair, short
from overflight.imagery.infrared.measured import InfraredRead

KIND = "sensor-infrared"

_STANDARD = (
    "The decision's standard atmosphere is not public. In its place, ours: U.S. Standard "
    "Atmosphere 1976; water vapour of AFGL-TR-86-0110; absorption by its continuum after Roberts, "
    "Selby and Biberman (1976); no lines of absorption, so what arrives is rather less."
)
_EVEN = "An even atmosphere with the extinction given, in place of the decision's standard one."


def infrared_document(
    found: InfraredRead, limit_m: float, agreed_k: float | None, cites: Mapping[str, str]
) -> dict[str, Any]:
    """JSON-ready."""
    asked = found.asked
    share = asked.transmission
    h = found.h_min
    return {
        "kind": KIND,
        "version": 1,
        "scanner": asked.name,
        "marks": list(found.marks),
        "limit_m": limit_m,
        "agreed_difference_k": agreed_k,
        "h_min_m": None if h is None else short(h.value_m),
        "interval_95_m": None if h is None else pair(h.mean.interval),
        "h_min_next_m": None if found.next_h_min is None else short(found.next_h_min.value_m),
        "h_min_by_pass_m": None if found.by_pass is None else short(found.by_pass.value_m),
        "h_min_two_media_m": None
        if h is None or asked.other_m is None
        else short(max(h.value_m, asked.other_m)),
        "exponent": None if h is None else short(dict(h.parameters)["exponent"]),
        "why": found.why,
        "atmosphere": {
            "band_um": [asked.band.low_um, asked.band.high_um],
            "model": "even" if asked.air is None else "standard",
            "shares": [{"height_m": v, "share": short(share(v))}
                       for v in (250.0, 500.0, 1000.0, 2000.0, 4000.0)],
        },
        "passes": [
            {
                "pass": p.asked.name,
                "file": "" if p.asked.scan is None else p.asked.scan.name,
                "sha256": p.sha256,
                "height_m": p.asked.height_m,
                "bar_m": short(p.bar_m),
                "by_eye": p.by_eye,
                "arrived_k": short(p.arrived_k),
                "share": short(p.share),
                "difference_k": short(p.difference_k),
                "signal_to_noise": short(p.signal_to_noise),
                "why": p.why,
            }
            for p in found.passes
        ],
        "triplets": [
            {"height_m": t.height_m, "not_at_m": short(t.next_m), "bar_m": short(t.width_m),
             "difference_k": short(t.difference_k), "pass": t.flown}
            for t in found.triplets
        ],
        "settled": [] if h is None else list(h.settled),
        "ours": [_EVEN if asked.air is None else _STANDARD, *([] if h is None else h.ours),
                 f"Computed readings tell bars apart that differ by {asked.sure:g} times the noise "
                 "of one sample."],
        "doubts": [] if h is None else list(h.doubts),
        "cites": dict(cites),
        "rests_on": ["SIMULATED: no figure here is of a scanner that exists."]
        if "SIMULATED" in found.marks else [],
    }  # fmt: skip
