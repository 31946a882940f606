"""What a regime says of annotations, gathered from its data as it stood on a day."""

from __future__ import annotations

import re

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.terms import annotation as terms
from overflight.terms.annotation import NOTHING, Changes, Form, Forms, Required
from overflight.terms.values import CitedValue, Status
from overflight.treaty.view import TreatyView

_KEY = "annotation."
_CONFIGURATION = r"(INT[1-9]|POD[LRC])(V|[LR][0-9]{1,2}|F[2-9][1-9])"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PATTERNS = (
    terms.FLIGHT, terms.FOCAL, terms.HEIGHT, terms.POSITION, terms.HEADING, terms.ROLL,
    terms.PITCH, terms.DRIFT, terms.SPEED, terms.SCAN, terms.NEAR, terms.LOOK_DOWN, terms.SWATH,
    terms.POLARISATIONS, terms.MAGAZINE, terms.FRAME,
)  # fmt: skip
DIGITAL_AS_FILM = "as film"


def forms_of(view: TreatyView) -> Forms:
    """The forms and duties of annotations on the view's day.

    Raises DataError for a regime that says nothing of annotations, or says it in a way that
    cannot be used.
    """
    flight = _value(view, terms.FLIGHT)
    if flight is None:
        raise DataError(
            f"{view.treaty.short} has no rules on the annotation of data on {view.on}",
            remedy="Name a regime and a date with values 'annotation.…' in values.toml.",
        )
    categories = tuple(
        sorted({code for category in view.treaty.categories for code in category.annotation})
    )
    media, readings = _codes(view, "medium-codes"), {}
    forms = {item: form for item in _PATTERNS if (form := _form(view, item)) is not None}
    sensor = f"({'|'.join(categories)})({'|'.join(media)})"
    forms[terms.SENSOR] = Form(re.compile(sensor), _cite(view, "sensor-description-length"))
    configuration = _cite(view, "sensor-configuration-length")
    forms[terms.CONFIGURATION] = Form(re.compile(_CONFIGURATION), configuration)
    clock = _cite(view, "time-resolution")
    forms[terms.DATE] = Form(re.compile(_DATE), clock)
    forms[terms.TIME] = Form(re.compile(_DATE + "T[0-9]{2}:[0-9]{2}Z"), clock)
    digital = _value(view, "digital-frames")
    film = set(_codes(view, "film-codes"))
    if digital is not None:
        readings["digital-frames"] = str(digital.value)
        if digital.value == DIGITAL_AS_FILM:
            film |= set(media)
    changes = _changes(view)
    if changes.assumed:
        readings["significant-change"] = (
            f"{changes.height_m:g} m of height, {changes.heading_deg:g} degrees of heading, "
            f"{changes.speed_km_h:g} km/h of groundspeed"
        )
    tilt = _value(view, "vertical-tilt")
    return Forms(
        forms=forms,
        at_start=_required(view, "at-start"),
        in_period=_by_category(view, "in-period", categories),
        on_frame=_by_category(view, "on-frame", categories),
        measured=_by_category(view, "measured", categories),
        copies=_cite(view, "copies"),
        numbering=_cite(view, terms.FRAME),
        categories=categories,
        media=media,
        film=tuple(sorted(film)),
        scanning=_codes(view, "scanning-codes"),
        lenses=_codes(view, "lens-codes"),
        vertical_within_deg=5.0 if tilt is None else float(tilt.value),
        changes=changes,
        readings=readings,
    )


def _value(view: TreatyView, name: str) -> CitedValue | None:
    """The value; None where the regime has none on that day, or nobody knows it."""
    key = _KEY + name
    if key not in view.scalars:
        return None
    try:
        return view.value(key)
    except (NotInForceError, UnknownValueError):
        return None


def _cite(view: TreatyView, name: str) -> str:
    value = _value(view, name)
    return "" if value is None else value.cite


def _codes(view: TreatyView, name: str) -> tuple[str, ...]:
    value = _value(view, name)
    return () if value is None else tuple(str(code) for code in value.value)


def _form(view: TreatyView, item: str) -> Form | None:
    value = _value(view, item)
    if value is None:
        return None
    try:
        return Form(re.compile(str(value.value), re.ASCII), value.cite)
    except re.error as error:
        raise DataError(
            f"{value.key} is no regular expression: {error}",
            remedy="Mend the pattern in values.toml.",
        ) from None


def _required(view: TreatyView, name: str) -> Required:
    value = _value(view, name)
    if value is None:
        return NOTHING
    items = _codes(view, name)
    for item in items:
        if item not in terms.ITEMS:
            raise DataError(
                f"{value.key} asks for {item!r}, which is no item of an annotation",
                remedy=f"Name some of {', '.join(terms.ITEMS)}.",
            )
    return Required(items, value.cite)


def _by_category(view: TreatyView, name: str, categories: tuple[str, ...]) -> dict[str, Required]:
    found = {code: _required(view, f"{name}.{code}") for code in categories}
    scanning = _codes(view, "scanning-codes")
    return {
        code: Required(
            tuple(i for i in need.items if i != terms.SCAN or code in scanning), need.cite
        )
        for code, need in found.items()
        if need.items
    }


def _changes(view: TreatyView) -> Changes:
    values = [_value(view, f"change.{name}") for name in ("height", "heading", "groundspeed")]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return Changes(float("inf"), float("inf"), float("inf"))
    height, heading, speed = (float(value.value) for value in known)
    cites = "; ".join(dict.fromkeys(value.cite for value in known))
    assumed = any(value.status is Status.ASSUMED for value in known)
    return Changes(height, heading, speed, cites, assumed, any(value.private for value in known))
