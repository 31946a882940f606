"""What every test shares: the hypothesis profile, the ``cli`` fixture, and skips that fail in CI.

A test that needs what is not there may skip on somebody's laptop, and says so at the end of the
run. In CI (CI=true or OVERFLIGHT_CI=1) everything is there, so a skip hides something: the run
fails and lists what was skipped.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"} or os.environ.get("OVERFLIGHT_CI") == "1"

SKIPS_ALLOWED_IN_CI: frozenset[str] = frozenset()
"""Node ids of tests that may skip in CI, each with a comment that says why."""

NOT_PART_OF_THE_REPOSITORY = "not beside this checkout"
"""How the reason ends where test data are missing that no licence lets in (shared_data.py)."""

KERNELS = Path(__file__).resolve().parent.parent / "src" / "overflight" / "planning"


def _forget_stale_kernels() -> None:
    """Take away compiled code that is older than any source beside it.

    numba looks at the file of a function only, not at those of the functions that it calls.
    """
    for cache in KERNELS.glob("*/__pycache__"):
        compiled = [*cache.glob("*.nbi"), *cache.glob("*.nbc")]
        newest = max((p.stat().st_mtime for p in cache.parent.glob("*.py")), default=0.0)
        if compiled and min(p.stat().st_mtime for p in compiled) < newest:
            for file in compiled:
                file.unlink(missing_ok=True)


if "PYTEST_XDIST_WORKER" not in os.environ and "pytest" in sys.modules:
    _forget_stale_kernels()

settings.register_profile(
    "overflight",
    deadline=None,
    max_examples=50,
    derandomize=IN_CI,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("overflight")


@dataclass(frozen=True, slots=True)
class Run:
    """What one command did: exit status, standard output, standard error, output as bytes."""

    status: int
    out: str
    err: str
    raw: bytes = b""


@pytest.fixture
def cli(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Run]:
    """Run the command line in this process: ``cli("treaty", "list")`` -> Run(status, out, err).

    ``stdin`` is what ``-`` reads, text or bytes. Usage errors, which argparse answers by leaving,
    come back as their exit status like any other.
    """
    from overflight.cli.main import main

    def run(*argv: object, stdin: str | bytes = b"") -> Run:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsysbinary.readouterr()
        try:
            status = main([str(argument) for argument in argv])
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 2
        captured = capsysbinary.readouterr()
        return Run(
            status, captured.out.decode(errors="replace"), captured.err.decode(), captured.out
        )

    return run


class _Skips:
    """Keeps what was skipped; registered where results arrive, so also with ``-n``."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._note(report)

    def _note(self, report: Any) -> None:
        longrepr = report.longrepr
        reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        self.seen[report.nodeid] = reason.removeprefix("Skipped: ")

    @property
    def forbidden(self) -> dict[str, str]:
        return {
            node: why
            for node, why in self.seen.items()
            if node not in SKIPS_ALLOWED_IN_CI and not why.endswith(NOT_PART_OF_THE_REPOSITORY)
        }

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if IN_CI and self.forbidden and session.exitstatus in (0, 5):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.seen:
            return
        judged = "and in CI that is a failure" if IN_CI and self.forbidden else "not tested here"
        terminalreporter.section(f"{len(self.seen)} skipped: {judged}", sep="-")
        for node, why in sorted(self.seen.items()):
            terminalreporter.write_line(f"{node}: {why}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that gathers results, not a worker
        config.pluginmanager.register(_Skips(), "overflight-skips")
