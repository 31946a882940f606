"""The table paragraph -> rule -> predicate function -> test, as Markdown.

    .venv/bin/python tools/rules_table.py [--treaty open-skies] [--out build/docs/rules-table.md]

Rules come from the treaty's rules.toml, tests from tests/cases/rules.toml: what the documentation
says is proved is what the tests run.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import tomllib
from collections import Counter
from pathlib import Path

from overflight.rules.predicates import PREDICATES
from overflight.terms.citations import SourceKind
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import RuleBinding, Treaty

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "rules.toml"
TEST = "tests/rules/test_rule_cases.py"
PHASES = {"notice": "Notice", "plan": "Plan", "flight": "Flight", "report": "Report"}


def main(argv: list[str] | None = None) -> int:
    """Print the table, or write it to --out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--treaty", default="open-skies")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args(argv)
    text = "\n".join(table(load_treaty(arguments.treaty), cases(CASES))) + "\n"
    if arguments.out is None:
        sys.stdout.write(text)
    else:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(text, encoding="utf-8")
    return 0


def cases(file: Path) -> dict[tuple[str, str], Counter[str]]:
    """How many cases of each verdict stand in the table of tests, by rule and phase."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    return {
        (row["id"], row["phase"]): Counter(case["verdict"] for case in row["cases"]) for row in rows
    }


def table(treaty: Treaty, tested: dict[tuple[str, str], Counter[str]]) -> list[str]:
    """The lines of the table, one section a phase, rules in the order of their paragraphs."""
    lines = [
        f"{len(treaty.rules)} rules of the {treaty.name}, "
        f"{sum(counted.total() for counted in tested.values())} cases in "
        f"`{CASES.relative_to(ROOT).as_posix()}`, run by `{TEST}`. The name in the last column "
        "picks the cases of a rule: `pytest -k plan-R2`.",
    ]
    for phase, title in PHASES.items():
        rules = [rule for rule in treaty.rules if rule.phase == phase]
        if not rules:
            continue
        lines += ["", f"### {title}", "", "| Paragraph | Rule | Predicate | Limit | Test |"]
        lines += ["|---|---|---|---|---|"]
        lines += [row(rule, tested.get((rule.id, phase), Counter())) for rule in rules]
    lines += [
        "",
        "R23 is an absence: the Treaty has no rule on night flights or speed, and no minimum "
        "height of its own. Nothing is checked.",
    ]
    return lines


def row(rule: RuleBinding, tested: Counter[str]) -> str:
    """One rule as a row."""
    paragraphs = "; ".join(_paragraph(citation) for citation in rule.citations)
    limit = f"`{rule.limit}`" if rule.limit else ""
    counted = ", ".join(f"{number} {verdict}" for verdict, number in sorted(tested.items()))
    test = f"`{rule.phase}-{rule.id}`: {counted}"
    cells = (paragraphs, f"**{rule.id}** {rule.title}", function(rule.predicate), limit, test)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def function(name: str) -> str:
    """A predicate as module.function."""
    predicate = PREDICATES[name]
    module = inspect.getmodule(predicate)
    assert module is not None
    return f"`{module.__name__.rpartition('.')[2]}.{predicate.__name__}`"


def _paragraph(citation: object) -> str:
    source = getattr(citation, "source", None)
    paragraph = getattr(citation, "paragraph", "")
    text = source is not None and source.kind is SourceKind.TEXT
    return paragraph if text and paragraph else str(citation)


if __name__ == "__main__":
    sys.exit(main())
