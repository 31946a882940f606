"""What of a STAC document has a meaning that both sides know."""

from __future__ import annotations

import pytest
from imagery_annotated import SIMULATION, product

from overflight.errors import OverflightError
from overflight.formats.stac_item import collection, item
from overflight.formats.stac_known import is_stac, stac_oddities


def test_all_of_our_own_items_is_known() -> None:
    made = item(product(SIMULATION), collection="flight", folder="..")
    assert is_stac(made)
    assert stac_oddities(made) == []
    assert stac_oddities(collection([made], "flight", "Flight", "Frames")) == []


def test_what_is_put_into_one_of_ours_is_not() -> None:
    made = item(product())
    for name in ("my:sites", "sites"):
        document = made | {"properties": {**made["properties"], name: {"A": [50.1, 8.2]}}}
        assert any("is not known" in words for words in stac_oddities(document)), name
    without = {k: v for k, v in made["properties"].items() if k != "title"}
    more = {**made["assets"], "notes": {"A": [50.1, 8.2]}}
    for refused in ({"properties": without}, {"assets": more}):
        with pytest.raises(OverflightError):
            stac_oddities(made | refused)


def test_what_is_no_stac_document_is_none_of_its_business() -> None:
    for other in ({}, [], {"type": "Feature"}, {"type": "FeatureCollection", "stac_version": "1"}):
        assert not is_stac(other)
        assert stac_oddities(other) == []
