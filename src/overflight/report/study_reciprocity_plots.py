"""The plots of ``study reciprocity``, each on an empty figure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from overflight.report.study_style import COLD, line
from overflight.study.reciprocity.asked import SHOWN, Found, critical_quotas
from overflight.study.reciprocity.game import read_strategy
from overflight.study.reciprocity.quota import Quota

_FROM, _TO, _POINTS = 1e-4, 0.4, 61
_DETECT = tuple(Fraction(n, 10) for n in range(1, 10))
_FALSE = tuple(Fraction(n, 1000) for n in (0, 5, 10, 20, 50, 100, 200))
RULE_NAMES = {
    "any": "any alarm, for ever",
    "any-lot": "any alarm, by lot",
    "k-of-n": "k of n alarms",
    "best": "best rule there is",
}


def draw_noise(figure: Any, found: Found) -> None:
    """Payoff of strategies among their like against noise."""
    import numpy as np

    from overflight.study.reciprocity.kernel import pair_payoffs

    game, errors = found.asked.game, found.errors
    axes = figure.add_subplot()
    noises = np.geomspace(_FROM, _TO, _POINTS)
    for number, name in enumerate(SHOWN):
        after = np.array([[float(p) for p in read_strategy(name, game).after]])
        values = [
            pair_payoffs(after, after, game, replace(errors, noise=Fraction(e), public=False))[0, 0]
            for e in noises
        ]
        axes.plot(noises, values, label=name, **line(number, _POINTS))
    if found.asked.noise >= _FROM:
        axes.axvline(float(found.asked.noise), color="#555b61", linewidth=1, linestyle=":",
                     marker="")  # fmt: skip
        axes.annotate(
            f"noise {float(found.asked.noise):g}", (float(found.asked.noise), 1),
            xycoords=("data", "axes fraction"), xytext=(4, -2), textcoords="offset points",
            va="top", fontsize=9, color="#555b61",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlabel("chance that a move fails (logarithmic)")
    axes.set_ylabel("mean payoff a round, against its like")
    figure.suptitle("What noise does to strategies among their like", x=0.01, ha="left",
                    fontweight="bold")  # fmt: skip
    figure.legend(loc="outside right center", title="strategy")


def draw_pairs(figure: Any, found: Found) -> None:
    """A heat map of each against each."""
    import numpy as np

    axes = figure.add_subplot()
    table = found.table
    values = np.array([[_or_nan(table[a, b]) for b in SHOWN] for a in SHOWN])
    _heat(figure, axes, values, "mean payoff of the row", lambda v: f"{v:.2f}")
    axes.set_xticks(range(len(SHOWN)), SHOWN)
    axes.set_yticks(range(len(SHOWN)), SHOWN)
    axes.invert_yaxis()
    axes.set_xlabel("against")
    axes.set_title("Each against each")


def draw_flights(figure: Any, found: Found) -> None:
    """Value against flights, by rule."""
    floor = float(found.asked.game.with_noise(found.asked.noise).punishment)
    axes = figure.add_subplot()
    rules: tuple[Quota[Any], ...] = found.quotas
    for number, quota in enumerate(rules):
        flights = [y.flights for y in quota.years]
        values = [
            _or_nan(None if y.found is None else floor + float(y.found.worth)) for y in quota.years
        ]
        label = RULE_NAMES[quota.rule] + ("" if quota.critical is not None else ": never")
        axes.plot(flights, values, label=label, **line(number))
    axes.axhline(floor, color="#555b61", linewidth=1, linestyle=":", marker="")
    axes.annotate("both break", (1, floor), xycoords=("axes fraction", "data"), xytext=(0, 3),
                  textcoords="offset points", ha="right", fontsize=9, color="#555b61")  # fmt: skip
    axes.set_xlim(0, found.asked.most_flights)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("flights a year of each side over the other")
    axes.set_ylabel("value of keeping, a year")
    undone = any(q.most not in (None, found.asked.most_flights) for q in rules)
    figure.suptitle(
        "More flights help only a rule that can count" if undone else "What flights are worth",
        x=0.01, ha="left", fontweight="bold",
    )  # fmt: skip
    figure.legend(loc="outside right center", title="rule")


def draw_discounts(figure: Any, found: Found) -> None:
    """Critical quota against the discount factor, by rule."""
    axes = figure.add_subplot()
    rules: tuple[Quota[Any], ...] = found.quotas
    for number, quota in enumerate(rules):
        if quota.rule == "any-lot" and any(other.rule == "any" for other in rules):
            continue  # it needs the same discount
        across, up, right = [], [], 1.0
        for delta, flights in quota.frontier:
            across += [right, float(delta)]
            up += [flights, flights]
            right = float(delta)
        label = RULE_NAMES[quota.rule] + ("" if across else ": never")
        look = line(number) | {"markevery": (1, 2), "linewidth": 5.5 - 1.3 * number}
        axes.plot(across, up, label=label, **look)  # lines lie on each other
    axes.axvline(float(found.asked.years_weight), color="#555b61", linewidth=1, linestyle=":",
                 marker="")  # fmt: skip
    axes.set_ylim(0, found.asked.most_flights)
    axes.set_xlim(right=1)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("weight of the next year (discount factor)")
    axes.set_ylabel("fewest flights a year")
    axes.set_title("Patience in place of flights")
    axes.legend()


def draw_quotas(figure: Any, found: Found) -> None:
    """Critical quotas by detection and false alarm, for two rules side by side."""
    import numpy as np

    panels = figure.subplots(1, 2, sharey=True)
    for axes, rule in zip(panels, ("any-lot", "best"), strict=True):
        grid = critical_quotas(found.asked, rule, _DETECT, _FALSE)
        values = np.array([[np.nan if n is None else float(n) for n in row] for row in grid])
        image = _cells(axes, values, lambda v: f"{v:.0f}", 1, found.asked.most_flights)
        axes.set_xticks(range(len(_FALSE)), [f"{float(f) * 100:g}" for f in _FALSE])
        axes.set_yticks(range(len(_DETECT)), [f"{float(d) * 100:.0f}" for d in _DETECT])
        axes.set_xlabel("false alarms of a flight, %")
        axes.set_title(RULE_NAMES[rule])
    panels[0].set_ylabel("detections of a flight, %")
    figure.colorbar(image, ax=list(panels), label="fewest flights a year", shrink=0.9)


def _heat(figure: Any, axes: Any, values: Any, label: str, write: Any) -> None:
    import numpy as np

    known = values[~np.isnan(values)]
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    figure.colorbar(_cells(axes, values, write, low, high), ax=axes, label=label)


def _cells(axes: Any, values: Any, write: Any, low: float, high: float) -> Any:
    """Coloured cells with their numbers in them; first row at the bottom of the axis."""
    import numpy as np

    axes.grid(visible=False)
    image = axes.imshow(values, cmap=COLD, vmin=low, vmax=max(high, low + 1e-9), aspect="auto",
                        origin="lower")  # fmt: skip
    for (row, column), value in np.ndenumerate(values):
        dark = value < low + (high - low) * 0.55
        if not np.isnan(value):
            axes.text(column, row, write(value), ha="center", va="center", fontsize=9,
                      color="white" if dark else "black")  # fmt: skip
    return image


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
