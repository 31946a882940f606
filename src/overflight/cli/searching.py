"""What commands that search share: how long, Ctrl-C, and a line that tells how it goes."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType


def steps(text: str) -> int:
    """A number of search steps, for ``type=`` of an argument: 1 or more."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number of steps, 1 or more")
    return value


def seconds(text: str) -> float:
    """A search time, for ``type=`` of an argument: more than 0 s, less than a day."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < 86400:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, more than 0 and less than a day")
    return value


class Stop:
    """Ctrl-C once: stop the search and keep the best. Twice: stop at once."""

    def __init__(self, said: str = "stopping; the best plan so far follows") -> None:
        self.said = said
        self.requested = False

    def __call__(self) -> bool:
        return self.requested

    def __enter__(self) -> Stop:
        self._previous = signal.signal(signal.SIGINT, self._on_interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        print(f"\n{self.said} (Ctrl-C again: at once)", file=sys.stderr)


class Progress:
    """One line on a terminal, rewritten; nothing when standard error is not one."""

    def __init__(self) -> None:
        self.active = sys.stderr.isatty()

    def __call__(self, message: str) -> None:
        if self.active:
            print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.active:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def add_certificate_option(parser: argparse.ArgumentParser) -> None:
    """Add --certificate S."""
    parser.add_argument(
        "--certificate",
        type=some_seconds,
        metavar="S",
        help="seconds of the search time that go into a bound on what any plan is worth (a tenth, "
        "at most 5 s; with --iterations 0, when the bound takes no search and is always the same)",
    )


def add_budget_options(parser: argparse.ArgumentParser, usual: float, what: str) -> None:
    """Add --seconds, --iterations and --seed; ``what`` is what the seconds are for."""
    parser.add_argument(
        "--seconds", type=seconds, default=usual, metavar="S", help=f"{what} ({usual:g})"
    )
    parser.add_argument(
        "--iterations", type=steps, metavar="N", help="search steps instead: same seed, same answer"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the search (1)")


def some_seconds(text: str) -> float:
    """A time that may be nothing, for ``type=`` of an argument: 0 s or more, less than a day."""
    return 0.0 if text.strip() in ("0", "0.0") else seconds(text)
