"""The PDF that is signed: all of the plan is on it, and nothing that must stay behind."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json

import pytest
import report_samples as samples
from pypdf import PdfReader

from overflight.errors import DataError
from overflight.formats.plan_json import mission_plan_to_dict
from overflight.report.maps import release_map
from overflight.report.outgoing import (
    NOT_PART,
    not_decided,
    outgoing_verdict,
    plan_digest,
    public_findings,
)
from overflight.report.pdf import mission_plan_pdf
from overflight.report.wording import verdict_sentence
from overflight.terms.findings import Findings, Verdict
from overflight.terms.mission_plan import MissionPlan, PlanAirfield
from overflight.treaty.loader import available_treaties, load_treaty


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def russia() -> MissionPlan:
    return samples.russia()


@pytest.fixture(scope="module")
def picture(russia: MissionPlan) -> bytes:
    return release_map(russia, samples.ground())


@pytest.fixture(scope="module")
def document(russia: MissionPlan, picture: bytes) -> bytes:
    names = {"DEU": "Germany", "RUS": "Russian Federation"}
    return mission_plan_pdf(russia, samples.findings(), picture, names=names)


def test_every_fix_position_and_finding_is_on_it(document: bytes, russia: MissionPlan) -> None:
    text = flat(" ".join(pages(document)))
    for fix in russia.fixes:
        assert fix.id in text and fix.position.human() in text
    for finding in samples.findings().items[:4]:
        assert finding.rule in text and finding.cite in text and finding.message in text
    assert "1 rule does not apply." in text
    assert "Ann.A.III (Treaty on Open Skies)" in text
    assert "VERDICT: BREACH" in text
    assert "geodesics on the WGS 84 ellipsoid" in text


def test_it_is_a_paper_of_a_few_pages_with_the_map_on_one(document: bytes) -> None:
    reader = PdfReader(io.BytesIO(document))
    assert 3 <= len(reader.pages) <= 6
    assert sum(len(page.images) for page in reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)  # A4, ISO 216


def test_both_parties_sign_on_the_last_page(document: bytes) -> None:
    *earlier, last = pages(document)
    for text in ("For the observing Party: Germany (DEU)", "Russian Federation (RUS)"):
        assert text in flat(last)
    assert last.count("Signature") == 2 and last.count("Function") == 2
    assert last.count("Date, time (UTC)") == 2
    assert not any("For the observing Party" in page for page in earlier)


def test_every_page_is_numbered_marked_and_bound_to_the_plan(
    document: bytes, russia: MissionPlan
) -> None:
    file = json.dumps(mission_plan_to_dict(russia), ensure_ascii=False, indent=2) + "\n"
    digest = hashlib.sha256(file.encode()).hexdigest()
    told = pages(document)
    for number, page in enumerate(told, 1):
        assert f"Page {number} of {len(told)}" in page
        assert digest[:16] in page
        assert page.count("EXERCISE") >= 2  # the head and the watermark
    assert digest in flat(told[-1])


def test_the_metadata_carry_title_marks_and_digest(document: bytes, russia: MissionPlan) -> None:
    told = PdfReader(io.BytesIO(document)).metadata
    assert told is not None
    assert "EXERCISE" in told["/Title"] and "DEU over RUS" in told["/Title"]
    assert "EXERCISE" in told["/Keywords"] and plan_digest(russia) in told["/Keywords"]


def test_a_plan_without_marks_shows_none() -> None:
    data = mission_plan_pdf(samples.norway())
    assert not any("EXERCISE" in page or "SIMULATED" in page for page in pages(data))


def test_the_same_input_gives_the_same_bytes(
    document: bytes, russia: MissionPlan, picture: bytes
) -> None:
    names = {"DEU": "Germany", "RUS": "Russian Federation"}
    assert mission_plan_pdf(russia, samples.findings(), picture, names=names) == document


def test_names_are_set_in_their_own_letters() -> None:
    names = ("Köln/Bonn", "Łódź", "Çorlu", "Кыргызстан", "Kırgızistan")
    alternates = tuple(
        PlanAirfield(f"X{i}", n, samples.KUBINKA.position) for i, n in enumerate(names)
    )
    plan = dataclasses.replace(samples.norway(), alternates=alternates)
    reader = PdfReader(io.BytesIO(mission_plan_pdf(plan)))
    text = flat(" ".join(page.extract_text() for page in reader.pages))
    for name in names:
        assert name in text
    fonts = reader.pages[0]["/Resources"]["/Font"]
    used = [font.get_object() for font in fonts.values()]
    embedded = [f for f in used if "DejaVu" in f["/BaseFont"]]
    assert embedded and all("/FontFile2" in f["/FontDescriptor"] for f in embedded)


def test_mark_up_in_a_name_is_only_a_name() -> None:
    plan = dataclasses.replace(samples.norway(), remarks=("<b>x</b> & <script>alert(1)</script>",))
    assert "<b>x</b> & <script>alert(1)</script>" in flat(" ".join(pages(mission_plan_pdf(plan))))


def test_five_hundred_legs_repeat_their_heading() -> None:
    plan = samples.russia(legs=300)
    told = pages(mission_plan_pdf(plan))
    assert len(told) <= 14
    assert sum("Position of To" in page for page in told) >= 5
    assert all(f"F{i:02d}" in " ".join(told) for i in range(1, 300) if i != 9)


def test_a_long_finding_or_name_does_not_break_the_page() -> None:
    long = dataclasses.replace(samples.findings().items[0], message="word " * 3000)
    plan = dataclasses.replace(samples.norway(), aircraft="x" * 400)
    assert len(pages(mission_plan_pdf(plan, Findings((long,))))) >= 3


def test_private_values_stay_behind(russia: MissionPlan) -> None:
    found = Findings(
        (*samples.findings().items, samples.private_finding()), notes=(samples.SECRET,)
    )
    text = flat(" ".join(pages(mission_plan_pdf(russia, found))))
    assert samples.SECRET not in text
    assert "1234.5" not in text and "777.25" not in text
    assert "VI.II.4(D)" in text and NOT_PART in text


def test_what_is_kept_of_a_private_finding() -> None:
    """Neither the verdict nor how many findings there were: both depend on the value."""
    private = samples.private_finding()
    worse = dataclasses.replace(private, verdict=Verdict.BREACH)
    for found in ((private,), (worse,), (worse, worse), (private, worse)):
        (kept,) = public_findings(Findings(found)).items
        assert kept == public_findings(Findings((private,))).items[0]
    assert (kept.rule, kept.verdict) == ("R4", Verdict.UNDETERMINED)
    assert kept.cite == "VI.II.4(D) (Treaty on Open Skies)"
    assert samples.SECRET not in json.dumps(kept.as_dict())


def test_a_rule_that_the_plan_leaves_open_is_neither_broken_nor_kept(russia: MissionPlan) -> None:
    found = samples.findings()
    broken = {finding.rule for finding in found.of(Verdict.BREACH)}
    plan = dataclasses.replace(russia, not_decided_here=tuple(sorted(broken)))
    text = flat(" ".join(pages(mission_plan_pdf(plan, found))))
    assert "BREACH" not in text and text.count(NOT_PART) == len(broken)
    assert f"{len(broken)} rule{'s' * (len(broken) > 1)} not decided here" in text
    for finding in found.of(Verdict.BREACH):
        assert finding.title in text and finding.message not in text


def test_the_headline_says_what_the_document_cannot_decide() -> None:
    kept = dataclasses.replace(samples.findings().items[0], rule="K", verdict=Verdict.COMPLIANT)
    open_ = dataclasses.replace(kept, rule="O")
    broken = dataclasses.replace(kept, rule="B", verdict=Verdict.BREACH)
    assert outgoing_verdict(not_decided(Findings((kept, open_)), {"O"})) == (
        "VERDICT: NOT DECIDED IN THIS DOCUMENT (1 rule not decided here, 1 other finding compliant)"
    )
    assert outgoing_verdict(not_decided(Findings((kept, open_, broken)), {"O"})) == (
        "VERDICT: BREACH (1 breach, 1 finding compliant, 1 rule not decided here)"
    )
    assert outgoing_verdict(Findings((kept,))) == verdict_sentence(Findings((kept,)))


def test_the_id_of_every_rule_fits_on_one_line() -> None:
    """No "VI.I.1.designati / ng": ids are looked up by their letters."""
    rules = [
        rule.id
        for name in available_treaties()
        for rule in load_treaty(name).rules
        if rule.phase in ("notice", "plan", "flight", "report")  # what a plan's PDF can show
    ]
    one = samples.findings().items[0]
    found = Findings(tuple(dataclasses.replace(one, rule=rule) for rule in rules))
    lines = {line.strip() for page in pages(mission_plan_pdf(samples.norway(), found))
             for line in page.splitlines()}  # fmt: skip
    assert set(rules) <= lines


def test_the_page_to_sign_is_full(document: bytes) -> None:
    """What the Parties state has all the room there is; the signatures are at the foot."""
    foot: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip() == "Signature":
            foot.append(cm[5] + tm[5])

    PdfReader(io.BytesIO(document)).pages[-1].extract_text(visitor_text=visit)
    assert len(foot) == 2 and all(50 < y < 130 for y in foot)  # points from the foot of the page


def test_a_map_that_is_no_png_is_refused() -> None:
    with pytest.raises(DataError):
        mission_plan_pdf(samples.norway(), None, b"<svg/>")
