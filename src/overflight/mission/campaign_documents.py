"""The documents of a campaign besides those of its flights. All of them stay at home."""

from __future__ import annotations

import json
from pathlib import Path

from overflight.files import write_atomic
from overflight.mission.documents import HOME, ground_of_plan
from overflight.terms.campaign import Campaign


def flight_folder(folder: Path, number: int) -> Path:
    """Where the documents of a flight lie: its home and its release apart, as of any plan."""
    return folder / f"flight-{number}"


def other_flights(folder: Path, flights: int) -> list[Path]:
    """Folders of flights that an earlier campaign left there and this one does not have."""
    found = []
    for path in sorted(folder.glob("flight-*")):
        number = path.name.removeprefix("flight-")
        if number.isdecimal() and int(number) > flights:
            found.append(path)
    return found


def write_campaign(
    campaign: Campaign,
    folder: Path,
    *,
    treaty: str | Path | None = None,
    borders: Path | None = None,
) -> Path:
    """Write the summary, its document and the map of all flights to the home folder; it.

    Only the sides' own eyes: sites, values, and which flight sees what.
    """
    from overflight.formats.campaign_json import campaign_to_dict
    from overflight.report.campaign import campaign_text
    from overflight.report.maps import campaign_map

    home = folder / HOME
    document = json.dumps(campaign_to_dict(campaign), ensure_ascii=False, indent=2, allow_nan=False)
    write_atomic(home / "campaign.json", document + "\n")
    write_atomic(home / "campaign.txt", campaign_text(campaign) + "\n")
    ground = ground_of_plan(campaign.flights[0].plan, treaty=treaty, borders=borders)
    routes = [(flight.plan, flight.sites) for flight in campaign.flights]
    write_atomic(home / "map.png", campaign_map(routes, ground))
    return home
