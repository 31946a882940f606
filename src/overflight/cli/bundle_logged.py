"""What proofs from a log say about a bundle that is verified."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.record.log.anchors import Sightings
    from overflight.record.log.proofs import Inclusion

UNSEEN = (
    "the proofs from a log: none shows that enough Parties, other than the bundle's two, had seen "
    "a signature of it"
)
_MOST_PROOFS = 10_000


def sightings(arguments: argparse.Namespace) -> Sightings | None:
    """What the proofs named by --logged show; None where none is named.

    Raises DataError for a question that is not whole, Refused for a proof that does not hold.
    """
    from overflight.cli.bundle_run import now
    from overflight.cli.log_run import trust_of
    from overflight.record.log.anchors import seen_by_witnesses

    given = (arguments.origin, arguments.operator, arguments.witnesses)
    if not arguments.logged:
        if any(word is not None for word in given):
            raise DataError(
                "--origin, --operator and --witnesses are about proofs from a log",
                remedy="Name the proofs with --logged, or leave these out.",
            )
        return None
    if arguments.origin is None or arguments.operator is None:
        raise DataError(
            "--logged needs --origin NAME and --operator CODE",
            remedy="Say which log it is, and the Party that keeps it; a proof's own word for it is "
            "not enough.",
        )
    if arguments.witnesses is None:
        arguments.witnesses = 1
    if arguments.witnesses < 1:
        raise DataError(
            "a log dates nothing without a witness", remedy="Give --witnesses 1 or more."
        )
    proofs = [_read(file) for file in _files(arguments.logged)]
    return seen_by_witnesses(proofs, trust_of(arguments), now(arguments))


def _files(named: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in named:
        below = sorted(path.glob("*.tlog-proof")) if path.is_dir() else [path]
        if not below:
            raise DataError(
                "there is no proof in this folder", file=path,
                remedy="Name what 'overflight log prove --bundle BUNDLE --out DIR' wrote.",
            )  # fmt: skip
        found += below
    if len(found) > _MOST_PROOFS:
        raise DataError(
            f"these are more than {_MOST_PROOFS} proofs", remedy="Name those of this bundle."
        )
    return found


def _read(file: Path) -> Inclusion:
    from overflight.files import read_bounded
    from overflight.record.log.proofs import MAX_PROOF_BYTES, read_inclusion

    return read_inclusion(read_bounded(file, limit=MAX_PROOF_BYTES), str(file))
