"""What a bundle, a key or an archive is refused for: one code for each, and a remedy."""

from __future__ import annotations

from dataclasses import dataclass

from overflight.errors import EvidenceError

REMEDY = "Ask who handed it over for it again, and tell them what is wrong with this one."


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code for programs, words for people, and where (or "")."""

    code: str
    message: str
    where: str = ""


class Refused(EvidenceError):
    """Evidence that is not taken as it stands. ``code`` is stable; programs may rely on it."""

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = REMEDY) -> None:
        super().__init__(f"{where}: {message}" if where else message, remedy=remedy)
        self.problem = Problem(code, message, where)

    @property
    def code(self) -> str:
        return self.problem.code
