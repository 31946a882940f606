"""The errors overflight raises, and what each means outside.

    OverflightError                 exit  HTTP
      DataError                        2   422   a file or a value is wrong; says file, line, remedy
      NotInForceError                  2   409   the treaty does not bind these parties on that date
      UnknownValueError                3   424   the value exists but nobody public knows it
      PlanError                        2   422   no plan can be made from this input
      SensorError                      2   422   a sensor cannot do what is asked of it
      TrackError                       2   422   a flown track cannot be read or repaired
      ImageError                       2   422   an image cannot carry an answer
      EvidenceError                    1   409   a bundle or signature does not verify
      AccessError                      2   403   the asker has no right to it

Exit status 0 is done or compliant, 1 a breach, 3 undetermined, 101 a fault of ours.
Every error carries a remedy: what the user does next.
"""

from __future__ import annotations

from pathlib import Path

EXIT_OK = 0
EXIT_BREACH = 1
EXIT_USAGE = 2
EXIT_UNDETERMINED = 3
EXIT_OUR_FAULT = 101


class OverflightError(Exception):
    """Root of every error that overflight raises on purpose.

    Parameters: ``message`` says what is wrong, ``remedy`` what to do next.
    """

    exit_code = EXIT_USAGE
    http_status = 422

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  -> {self.remedy}"


class DataError(OverflightError):
    """A file or value that was given is wrong. ``file``, ``line`` and ``where`` say which."""

    def __init__(
        self,
        message: str,
        *,
        remedy: str,
        file: str | Path | None = None,
        line: int | None = None,
        where: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.file = None if file is None else str(file)
        self.line = line
        self.where = where

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        if self.where:
            place += f" ({self.where})" if place else self.where
        return f"{place}: {super().__str__()}" if place else super().__str__()


class NotInForceError(OverflightError):
    """The treaty, or the value asked for, is not in force on the date asked about."""

    http_status = 409


class UnknownValueError(OverflightError):
    """The value exists, but no public source for it is known. Never answered with a zero."""

    exit_code = EXIT_UNDETERMINED
    http_status = 424


class PlanError(OverflightError):
    """No plan can be made from what was given."""


class SensorError(OverflightError):
    """A sensor cannot do what is asked of it."""


class TrackError(OverflightError):
    """A flown track cannot be read or repaired."""


class ImageError(OverflightError):
    """An image cannot carry the answer that is asked of it."""


class EvidenceError(OverflightError):
    """A bundle, seal or signature does not verify."""

    exit_code = EXIT_BREACH
    http_status = 409


class AccessError(OverflightError):
    """The asker has no right to what was asked for."""

    http_status = 403
