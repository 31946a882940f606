"""A radar's certification: from reflectors of several passes to a verdict for each mode.

A pass is one trial: reflectors of one image share its track and its processing, so each pass gives
one value for a mode, the mean over its reflectors that stand alone, and Student's interval is that
of the passes. The limit lies wholly on one side of the interval, or it cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overflight.errors import AccessError, DataError
from overflight.sensing.interval import mean_of, rises
from overflight.sensing.separation import dip_of, mean_profile, told_apart
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.radar import FORMS, RadarDeclared, RadarSwath
from overflight.terms.values import CitedValue
from overflight.treaty.view import TreatyView

KIND, CHOICE = "sensor-radar-certification", "radar-choice"
LETTERS = "SAR"
APART, RESOLUTION = "reflectors-apart", "radar-ground-resolution"
DIP = "reflectors-apart-dip"
_LEAST = 2
_LAID = 0.02
"""Metres within which reflectors are laid."""


def limit_of(view: TreatyView, name: str) -> CitedValue:
    """A limit of the category whose data are annotated as a radar's. Raises DataError."""
    for category in view.treaty.categories:
        if LETTERS in category.annotation:
            return view.category_limit(category.id, name)
    raise DataError(
        f"{view.treaty.short} has no category annotated {LETTERS}",
        remedy="Name a regime that knows such a sensor with --treaty.",
    )


def certification_document(
    view: TreatyView, documents: Sequence[Mapping[str, Any]], *, provided: bool = False
) -> dict[str, Any]:
    """The document (schema ``sensor-radar-certification``). ``provided``: the observed Party may
    provide the aircraft, whose radar then must not be worse than a limit either. Raises DataError
    without any reading, or where pairs were judged under another one."""
    if not documents:
        raise DataError("there are no readings", remedy="Give documents of 'radar reflectors'.")
    option = view.readings.get(RESOLUTION, "finer")
    modes = sorted({(d["sensor"], d["mode"]) for d in documents})
    rows, findings = [], []
    for sensor, mode in modes:
        own = [d for d in documents if (d["sensor"], d["mode"]) == (sensor, mode)]
        row = _mode(own, option)
        if any(p["criterion"] != view.readings[APART] for d in own for p in d["pairs"]):
            raise DataError(
                "pairs were judged under another reading",
                remedy=f"Measure again with --reading {APART}={view.readings[APART]}.",
            )
        pairs = _looks(own, float(view.value(DIP).value))
        rows.append({"sensor": sensor, "mode": mode, **row, "pairs": pairs})
        name = f"{sensor}, {mode}"
        findings.append(_resolution(view, name, row, option))
        findings.append(_apart(view, name, pairs))
        if provided:
            findings.append(_provided(view, name, pairs))
    marks = sorted({mark for d in documents for mark in d["marks"]})
    found = Findings(tuple(findings))
    return {
        "kind": KIND,
        "version": 1,
        "marks": marks,
        "treaty": view.treaty.id,
        "on": view.on.isoformat(),
        "readings": {key: view.readings[key] for key in (APART, RESOLUTION)},
        "modes": rows,
        "verdict": str(found.verdict),
        "findings": [f.as_dict() for f in findings],
        "images": [
            {"image": d["image"], "sha256": d["sha256"], "pass": d["pass"]} for d in documents
        ],
        "ours": [
            "Each pass counts once, by the mean of its lone reflectors; Student's interval.",
            "Pairs are told apart in the mean of looks whose phases differ.",
            "The method of calculation agreed between the Parties is not public.",
        ],
    }


def _mode(own: Sequence[Mapping[str, Any]], option: str) -> dict[str, Any]:
    flown: dict[str, list[tuple[float, float]]] = {}
    table = []
    for d in own:
        for r in d["reflectors"]:
            lone = not r["notes"]
            across, along = r["ground_m"], r["azimuth"]["width_m"]
            table.append(
                {
                    "pass": d["pass"], "id": r["id"], "slant_m": r["slant_m"],
                    "look_deg": r["look_deg"], "across_m": across, "along_m": along,
                    "pslr_db": [r["range"]["pslr_db"], r["azimuth"]["pslr_db"]],
                    "islr_db": [r["range"]["islr_db"], r["azimuth"]["islr_db"]],
                    "counts": lone,
                }
            )  # fmt: skip
            if lone:
                flown.setdefault(d["pass"], []).append((across, along))
    means = {key: [_mean([v[n] for v in rows]) for n in (0, 1)] for key, rows in flown.items()}
    out: dict[str, Any] = {"reflectors": sorted(table, key=lambda r: r["slant_m"])}
    for n, key in enumerate(("across", "along")):
        values = [m[n] for m in means.values()]
        mean = mean_of(values) if values else None
        out[key] = {
            "resolution_m": None if mean is None else mean.value,
            "interval_95": None if mean is None or mean.interval is None else list(mean.interval),
            "passes": len(values),
        }
    chosen = [k for k in ("across", "along") if out[k]["resolution_m"] is not None]
    pick = min if option == "finer" else max
    out["by"] = pick(chosen, key=lambda k: float(out[k]["resolution_m"])) if chosen else ""
    counting = [r for r in table if r["counts"]]
    slant = [r["slant_m"] for r in counting]
    out["rises_with_range"] = rises(slant, [r["along_m"] for r in counting])
    return out


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _resolution(view: TreatyView, name: str, row: Mapping[str, Any], option: str) -> Finding:
    limit = limit_of(view, "resolution_limit")
    title = "Ground resolution by impulse response"

    def finding(verdict: Verdict, message: str, measured: float | None) -> Finding:
        return Finding(
            "radar-resolution", title, verdict, message, limit.cite, limit.cite, measured,
            float(limit.value), limit.unit, where=name, reading=f"{RESOLUTION}={option}",
            phase="certification",
        )  # fmt: skip

    if not row["by"] or row[row["by"]]["interval_95"] is None:
        return finding(
            Verdict.UNDETERMINED,
            f"{name}: {_LEAST} passes with lone reflectors are needed for an interval.",
            row[row["by"]]["resolution_m"] if row["by"] else None,
        )
    found = row[row["by"]]
    low, high = found["interval_95"]
    value, least = found["resolution_m"], float(limit.value)
    said = f"{name}: {value:.2f} m {row['by']} the track (95 %: {low:.2f} to {high:.2f})"
    if low >= least:
        return finding(Verdict.COMPLIANT, f"{said}, no better than {least:g} m.", value)
    if high < least:
        return finding(Verdict.BREACH, f"{said}, better than the {least:g} m allowed.", value)
    return finding(
        Verdict.UNDETERMINED, f"{said}: the limit of {least:g} m lies within. Fly more.", value
    )


def _looks(own: Sequence[Mapping[str, Any]], needed_db: float) -> list[dict[str, Any]]:
    """Each pair over its looks: the dip of the mean profile, since one look shows interference."""
    looks: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for d in own:
        for p in d["pairs"]:
            looks.setdefault((p["first"], p["second"]), []).append(p)
    rows = []
    for (first, second), seen in sorted(looks.items()):
        profiles = [p["profile"] for p in seen]
        dip = dip_of(mean_profile(profiles))
        rows.append(
            {
                "first": first, "second": second, "distance_m": seen[0]["distance_m"],
                "looks": len(seen), "apart_in": sum(p["apart"] for p in seen), "dip_db": dip,
                "apart": told_apart(profiles, needed_db),
            }
        )  # fmt: skip
    return rows


def _apart(view: TreatyView, name: str, pairs: Sequence[Mapping[str, Any]]) -> Finding:
    """No pair nearer than the limit is told apart in the mean of looks."""
    limit = limit_of(view, "object_separation_limit")
    least = float(limit.value)
    near = [p for p in pairs if p["distance_m"] < least - _LAID]
    seen = [p for p in near if p["apart"]]
    told = [p for p in near if p["apart"] is not None]
    best = min((p["distance_m"] for p in pairs if p["apart"]), default=None)
    needs: tuple[str, ...] = ()
    if seen:
        verdict = Verdict.BREACH
        nearest = min(p["distance_m"] for p in seen)
        text = (
            f"two reflectors {nearest:.2f} m apart are told apart; none nearer than {least:g} m may"
        )
    elif told:
        verdict = Verdict.COMPLIANT
        widest = max(p["distance_m"] for p in told)
        text = f"two reflectors {widest:.2f} m apart are not told apart in the mean of looks"
    else:
        verdict = Verdict.UNDETERMINED
        most = max((p["looks"] for p in near), default=0)
        needs = (f"looks at a pair nearer than {least:g} m from more angles ({most} so far)",)
        text = f"{needs[0]} are needed, since one look shows interference"
    return Finding(
        "radar-separation", "Object separation of corner reflectors", verdict,
        f"{name}: {text}.", limit.cite, limit.cite, best, least, limit.unit, where=name,
        reading=f"{APART}={view.readings[APART]}", phase="certification", needs=needs,
    )  # fmt: skip


def _provided(view: TreatyView, name: str, pairs: Sequence[Mapping[str, Any]]) -> Finding:
    """A radar on an aircraft that the observed Party provides tells a pair apart at the limit."""
    limit = limit_of(view, "provided_resolution")
    most = float(limit.value)
    near = [p["distance_m"] for p in pairs if p["apart"] and p["distance_m"] <= most + _LAID]
    far = [
        p["distance_m"] for p in pairs if p["apart"] is False and p["distance_m"] >= most - _LAID
    ]
    if near:
        verdict, text = Verdict.COMPLIANT, f"two reflectors {min(near):.2f} m apart are told apart"
    elif far:
        verdict, text = Verdict.BREACH, f"two reflectors {max(far):.2f} m apart are not told apart"
    else:
        verdict, text = Verdict.UNDETERMINED, f"no pair tells whether {most:g} m are kept"
    return Finding(
        "radar-provided", "Object separation of a radar that the observed Party provides", verdict,
        f"{name}: {text}; no worse than {most:g} m is asked.", limit.cite, limit.cite,
        min(near) if near else None, most, limit.unit, where=name,
        reading=f"{APART}={view.readings[APART]}", phase="certification",
        needs=() if near or far else (f"looks at a pair {most:g} m apart or nearer",),
    )  # fmt: skip


def swath_findings(
    view: TreatyView, swath: RadarSwath, declared: RadarDeclared
) -> tuple[Finding, ...]:
    """Width against the limit, and both edges against what was declared."""
    limit = limit_of(view, "swath_limit")
    most, width = float(limit.value), swath.width_km
    kept = width <= most
    found = [
        Finding(
            "radar-swath", "Width of a radar's swath",
            Verdict.COMPLIANT if kept else Verdict.BREACH,
            f"The swath is {width:.2f} km wide; {most:g} km are allowed.",
            limit.cite, limit.cite, width, most, limit.unit,
        )
    ]  # fmt: skip
    if declared.near_deg is not None:
        kept = swath.near_deg >= declared.near_deg - 0.05
        found.append(
            Finding(
                "radar-near-edge", "Near edge of the swath, as declared",
                Verdict.COMPLIANT if kept else Verdict.BREACH,
                f"The near edge lies {swath.near_deg:.2f} degrees from the vertical; "
                f"{declared.near_deg:g} were declared as the limit of operation.",
                "declared technical data", "", swath.near_deg, declared.near_deg, "deg",
            )
        )  # fmt: skip
    if declared.swath_km is not None:
        kept = width <= declared.swath_km * 1.001
        found.append(
            Finding(
                "radar-swath-declared", "Width of the swath, as declared",
                Verdict.COMPLIANT if kept else Verdict.BREACH,
                f"The swath is {width:.2f} km wide; {declared.swath_km:g} km were declared.",
                "declared technical data", "", width, declared.swath_km, "km",
            )
        )  # fmt: skip
    return tuple(found)


def choice_document(
    view: TreatyView,
    *,
    observing: str,
    observed: str,
    aircraft: str,
    by: str,
    form: str,
    sensor: str,
    flight: str,
    at: str,
    marks: Sequence[str] = (),
) -> dict[str, Any]:
    """The choice between phase history and image, by the side that has it.

    Raises AccessError where another side chooses, DataError for what cannot be chosen.
    """
    if form not in FORMS or aircraft not in ("observing", "observed"):
        raise DataError(
            f"{form!r} from the aircraft of the {aircraft} side is no choice",
            remedy=f"Choose {' or '.join(FORMS)}, and the observing or observed side's aircraft.",
        )
    for code in (observing, observed):
        view.holder_of(code)
    for right in view.treaty.rights:
        said = right.details
        if said.get("medium") == LETTERS.casefold() and said.get("aircraft") == aircraft:
            break
    else:
        raise DataError(
            f"{view.treaty.short} gives nobody such a choice", remedy="Name another regime."
        )
    side = "observing" if aircraft == "observed" else "observed"
    chooser = observing if side == "observing" else observed
    if by != chooser:
        raise AccessError(
            f"{by} does not choose: with an aircraft of the {aircraft} Party {chooser} does",
            remedy=f"Let {chooser}, the {side} Party, choose ({right.citations[0]}).",
        )
    return {
        "kind": CHOICE,
        "version": 1,
        "marks": list(marks),
        "treaty": view.treaty.id,
        "flight": flight,
        "sensor": sensor,
        "observing": observing,
        "observed": observed,
        "aircraft_provided_by": aircraft,
        "by": by,
        "side": side,
        "form": form,
        "at": at,
        "right": right.id,
        "cite": "; ".join(str(c) for c in right.citations),
    }
