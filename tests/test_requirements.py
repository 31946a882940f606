"""The pinned lists answer what pyproject.toml asks for, and say nothing of where they came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("build", "runtime", "dev", "docs", "torture")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

HEAVYWEIGHTS = {"torch", "tensorflow", "jax"}


def pins(name: str) -> dict[str, Requirement]:
    """The lines of a list, by normalised name of the package."""
    found: dict[str, Requirement] = {}
    for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        stated = line.split("#", 1)[0].strip()
        if stated:
            requirement = Requirement(stated)
            found[canonicalize_name(requirement.name)] = requirement
    return found


def asked(name: str) -> list[Requirement]:
    project = PROJECT["project"]
    stated = {
        "build": PROJECT["build-system"]["requires"],
        "runtime": project["dependencies"],
        **project["optional-dependencies"],
    }
    return [Requirement(line) for line in stated[name]]


@pytest.mark.parametrize("name", LISTS)
def test_every_line_is_a_package_and_one_version(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        assert re.fullmatch(
            r"[a-z0-9-]+==[\w.!+]+( ; python_version .+?)?(  # for [a-z0-9, -]+)?", line
        )


@pytest.mark.parametrize("name", LISTS)
def test_no_list_says_where_packages_come_from(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for trace in ("://", "file:", "--index", "--extra-index", "--find-links", "@ ", "/"):
        assert trace not in text, trace


@pytest.mark.parametrize("name", LISTS)
def test_what_pyproject_asks_for_is_pinned_within_its_bounds(name: str) -> None:
    listed = pins(name)
    for requirement in asked(name):
        pin = listed[canonicalize_name(requirement.name)]
        (specifier,) = pin.specifier
        assert requirement.specifier.contains(specifier.version), f"run `make lock`: {requirement}"


def test_one_package_has_one_version_in_all_lists() -> None:
    versions: dict[str, set[str]] = {}
    for name in LISTS:
        for package, pin in pins(name).items():
            versions.setdefault(package, set()).add(str(pin.specifier))
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_nothing_enormous_is_in_the_default_environment() -> None:
    assert not HEAVYWEIGHTS & (set(pins("runtime")) | set(pins("dev")))
