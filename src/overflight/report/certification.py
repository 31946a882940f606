"""A certification in words: its report, its standing, and what a demonstration flight showed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from overflight.report.tables import clean, instant

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
WIDTH = 100
_DIGEST = 12


def report_text(document: Mapping[str, Any], table: Table) -> str:
    """The report: sensors, readings with their images, what it establishes, what is open."""
    marks = " - ".join(document["marks"])
    lines = [f"{marks}\n" if marks else ""]
    lines[0] += (
        f"Certification {clean(document['id'])}: {clean(document['aircraft_name'])}, by "
        f"{clean(document['certifying'])}, {document['begins']} to {document['ends']}"
    )
    lines.append("Sensors\n" + table(SENSOR_TITLES, [sensor_row(s) for s in document["sensors"]]))
    titles = ("no.", "image", "SHA-256", "pass", "height m", "bars", "bar m", "read", "H_min m")
    rows = [
        (
            str(m["number"]),
            clean(m["image"]),
            m["sha256"][:_DIGEST] + ("" if m["digest_checked"] else " (stated)"),
            clean(m["pass"]),
            f"{m['height_m']:g}",
            m["direction"],
            bar(m),
            how(m),
            "" if m["h_min_m"] is None else f"{m['h_min_m']:.0f}",
        )
        for m in document["measurements"]
    ]
    lines.append("Measurements\n" + table(titles, rows))
    told = [
        (i["letter"], clean(i["title"]), i["verdict"] or "to be stated", clean(i["says"]))
        for i in document["items"]
    ]
    lines.append("The report establishes\n" + table(("", "", "verdict", ""), told))
    broken = [f for f in document["findings"]["findings"] if f["verdict"] != "compliant"]
    lines += _listed(
        "Not as asked, or not to be told",
        (f"{f['verdict']}: {clean(f['message'])} [{_short(f['cite'])}]" for f in broken),
    )
    for sensor in document["sensors"]:
        notes = [*sensor["ours"], *sensor["doubts"]]
        if sensor["computed_h_min_m"] is not None:
            figure = f"Computed readings alone give {sensor['computed_h_min_m']:.0f} m"
            notes.append(f"{figure}; they are set beside, and do not enter.")
        lines += _listed(f"{clean(sensor['id'])}: our model, and doubts", map(clean, notes))
    return "\n\n".join(lines)


SENSOR_TITLES = (
    "sensor", "configuration", "method", "read", "limit m", "H_min m", "95 % interval", "passes",
    "stated m", "covers",
)  # fmt: skip


def sensor_row(sensor: Mapping[str, Any]) -> tuple[str, ...]:
    """One sensor, for SENSOR_TITLES. A radar's column of H_min holds its resolution."""
    interval, bound = sensor["interval_95"], sensor["height_bound"]
    value = sensor["h_min_m"] if bound else sensor["resolution_m"]
    stated = sensor["stated_h_min_m"] if bound else sensor["stated_resolution_m"]
    covers = {True: "in order", False: "NOT in order", None: "not told"}[sensor["covers"]]
    digits = 0 if bound else 2
    mark = "*" if sensor["our_model"] and value is not None else ""
    told = "cannot be told" if value is None else f"{value:.{digits}f}{mark}"
    if not bound and value is not None:
        told = f"resolution {told}"
    between = "" if interval is None else f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}"
    return (
        clean(sensor["id"]),
        clean(sensor["configuration"]),
        sensor["method"],
        {"visual": "by eye", "computed": "COMPUTED", "": "not"}[sensor["basis"]],
        f"{sensor['limit_m']:g}",
        told,
        between,
        str(sensor["independent"]),
        "" if stated is None else f"{stated:g}",
        covers,
    )


def bar(measurement: Mapping[str, Any]) -> str:
    """The bar read, with its interval where it was computed; or why there is none."""
    if measurement["bar_m"] is None:
        return f"none: {clean(measurement['refused'])}"
    interval = measurement["interval_95"]
    digits = 3 if measurement["bar_m"] < 1.0 else 2
    told = f"{measurement['bar_m']:.{digits}f}"
    if interval is None:
        return told
    return f"{told} ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})"


def how(measurement: Mapping[str, Any]) -> str:
    """By whom, and whether by eye."""
    said = "by eye" if measurement["how"] == "visual" else "computed"
    if measurement["reader"]:
        said += f", {clean(measurement['reader'])}"
    return said if measurement["enters"] else f"{said}; not used"


def standing_text(document: Mapping[str, Any], table: Table) -> str:
    """Where a certification stands: whether the aircraft may be used, and each Party's process."""
    marks = " - ".join(document["marks"])
    head = f"{marks}\n" if marks else ""
    head += f"{clean(document['id'])}: {clean(document['aircraft_name'])}, {instant_of(document)}"
    verdict = {
        "certified": f"CERTIFIED since {document['since']}",
        "blocked": "BLOCKED: the aircraft is not to be used; the report is not agreed by "
        + ", ".join(map(clean, document["disputed_by"])),
        "open": "not yet certified",
    }[document["verdict"]]
    if document["verdict"] == "open" and document["unsigned"]:
        verdict += f"; the report is not agreed by {', '.join(map(clean, document['unsigned']))}"
    cite = _short(document["cite"])
    lines = [head, f"{verdict} [{cite}]" if cite else verdict]
    rows = [
        (clean(p["party"]) or "nobody takes part", clean(p["phase"]), str(len(p["not_kept"])))
        for p in document["parties"]
    ]
    lines.append(table(("taking part", "stands at", "limits not kept"), rows))
    late: dict[str, list[str]] = {}
    for party in document["parties"]:
        for item in party["not_kept"]:
            done = f"done {item['done']}" if item["done"] else "not done"
            text = f"{item['severity']}: {clean(item['what'])}: due {item['due']}, {done}. "
            text += f"{clean(item['if_not'])} [{item['cite']}]"
            late.setdefault(text, []).append(clean(party["party"]) or "nobody takes part")
    lines += _listed("Not kept", (f"{t} ({_among(p, rows)})" for t, p in late.items()))
    acts = dict.fromkeys(
        f"{clean(a['title'])} ({', '.join(a['by'])}) [{a['cite']}]"
        for p in document["parties"]
        for a in p["acts"]
    )
    lines += _listed("May or must be done now", acts)
    return "\n\n".join(lines)


def _among(parties: Sequence[str], rows: Sequence[object]) -> str:
    return "all" if len(parties) == len(rows) else ", ".join(parties)


def demonstration_text(document: Mapping[str, Any]) -> str:
    """What a demonstration flight showed, what it rests on, and what each may do."""
    marks = " - ".join(document["marks"])
    interval = document["interval_95"]
    told = f"{document['verdict'].upper()}: {clean(document['why'])}"
    ratio = f"H_min of the day {document['day_m']:.0f} m from {document['passes']} pass"
    ratio += "es" if document["passes"] != 1 else ""
    ratio += f", certified {document['certified_m']:g} m: ratio {document['ratio']:.3f}"
    if interval is not None:
        ratio += f", 95 % interval {interval[0]:.3f} to {interval[1]:.3f}"
    lines = [*([marks] if marks else []), told, ratio]
    if document["computed"]:
        lines.append(
            "Some readings are COMPUTED: where the sides differ only readings by eye count."
        )
    lines += _listed("Our model", map(clean, document["ours"]))
    lines += _listed(
        f"What the {document['side']} Party may do",
        (f"{clean(o['text'])} [{_short(o['cite'])}]" for o in document["options"]),
    )
    return "\n\n".join(lines)


def instant_of(document: Mapping[str, Any]) -> str:
    """The moment as of which it is told."""
    import datetime as dt

    return f"as of {instant(dt.datetime.fromisoformat(document['at']))}"


def _listed(title: str, texts: Iterable[str]) -> list[str]:
    items = [
        textwrap.fill(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")
        for text in texts
    ]
    return ["\n".join([title, *items])] if items else []


def _short(cite: str) -> str:
    return ", ".join(part.split(" (")[0].strip() for part in clean(cite).split(";") if part.strip())
