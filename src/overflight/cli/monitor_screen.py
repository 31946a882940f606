"""The monitor's terminal: a screen that is redrawn in place, or lines on a pipe; and the keys.

Nothing but the standard library and the escape codes that every terminal since the VT100 knows.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from overflight.report.flight_monitor import Said, Standing, happening_lines, screen

if TYPE_CHECKING:
    from overflight.flying.monitor.watch import Monitor

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J", "\x1b[?25h\x1b[?1049l"
_HOME, _TO_END, _REST = "\x1b[H", "\x1b[K", "\x1b[J"


class Lines:
    """On a pipe: a line for each change, or each as JSON; ``quiet`` says nothing."""

    def __init__(self, how: str) -> None:
        self._how = how

    def said(self, told: Said) -> None:
        if self._how == "lines":
            print("\n".join(happening_lines(told)), flush=True)
        elif self._how == "json-lines":
            from overflight.cli.monitor_session import said_to_dict

            print(json.dumps(said_to_dict(told), ensure_ascii=False), flush=True)

    def draw(self, monitor: Monitor, standing: Standing) -> None:
        """There is no screen."""


class Screen:
    """On a terminal."""

    def __init__(self, *, bell: bool) -> None:
        self.bell = bell
        self._color = "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self._utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        self._ring = False
        self._drawn = ""

    def said(self, told: Said) -> None:
        self._ring = self._ring or (told.loud and self.bell)

    def draw(self, monitor: Monitor, standing: Standing) -> None:
        """All of the screen, over what was there; nothing is written that did not change."""
        size = _size()
        lines = screen(
            monitor, standing, max(size.columns - 1, 20), max(size.lines, 8),
            color=self._color, utf8=self._utf8,
        )  # fmt: skip
        text = _HOME + f"{_TO_END}\r\n".join(lines) + _TO_END + _REST
        ring, self._ring = self._ring, False
        if text != self._drawn or ring:
            self._drawn = text
            sys.stdout.write(text + ("\a" if ring else ""))
            sys.stdout.flush()


View = Lines | Screen


def _size() -> os.terminal_size:
    """As the terminal is now; what the environment says only where it does not know."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    return size if size.columns and size.lines else shutil.get_terminal_size()


@contextlib.contextmanager
def on_screen(view: View) -> Iterator[None]:
    """The terminal's other screen while it runs, and the first one again after, come what may."""
    if not isinstance(view, Screen):
        yield
        return
    sys.stdout.write(_ENTER)
    sys.stdout.flush()
    try:
        yield
    finally:
        sys.stdout.write(_LEAVE)
        sys.stdout.flush()


class Keys:
    """Keys of the terminal, one by one, without waiting; none where there is no terminal."""

    def __init__(self, *, stdin_is_source: bool) -> None:
        self._descriptor: int | None = None
        self._before: list[Any] | None = None
        self._own = False
        if not sys.stdout.isatty():
            return
        if not stdin_is_source and sys.stdin.isatty():
            self._descriptor = sys.stdin.fileno()
        else:
            with contextlib.suppress(OSError):
                self._descriptor = os.open("/dev/tty", os.O_RDONLY)
                self._own = True

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Keys come at once and unseen, until it is left."""
        if self._descriptor is None:
            yield
            return
        import termios
        import tty

        try:
            self._before = termios.tcgetattr(self._descriptor)
        except termios.error:
            self._descriptor = None
            yield
            return
        tty.setcbreak(self._descriptor)
        try:
            yield
        finally:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)
            if self._own:
                os.close(self._descriptor)

    def pressed(self) -> str:
        """What was pressed since."""
        if self._descriptor is None or not select.select([self._descriptor], [], [], 0)[0]:
            return ""
        try:
            data = os.read(self._descriptor, 64)
        except OSError:
            self._descriptor = None
            return ""
        if not data:
            self._descriptor = None
        return "" if data.startswith(b"\x1b[") else data.decode("ascii", "ignore")


@contextlib.contextmanager
def stopping() -> Iterator[Sequence[int]]:
    """Collects signals that ask for an end, so that the log and the terminal are left in order."""
    asked: list[int] = []
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        before = {
            kind: signal.signal(kind, lambda number, _: asked.append(number)) for kind in kinds
        }
    except ValueError:  # not the main thread
        yield asked
        return
    try:
        yield asked
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
