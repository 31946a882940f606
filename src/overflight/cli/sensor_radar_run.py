"""What the verbs of ``overflight sensor radar`` do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.imagery.elevation import Terrain
    from overflight.imagery.radar.simulate import RadarScene
    from overflight.terms.radar import RadarAbout, RadarImage
    from overflight.treaty.view import TreatyView

_EXIT = {"compliant": EXIT_OK, "breach": EXIT_BREACH, "undetermined": EXIT_UNDETERMINED}
_KMH = 3.6


def simulate(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.files import write_atomic
    from overflight.formats.radar_files import write_array
    from overflight.formats.radar_scene import read_scene
    from overflight.imagery.radar.files import write_echoes
    from overflight.imagery.radar.simulate import laid_out, simulated

    found = read_scene(arguments.scene)
    require_writable(arguments.out)
    scene = _scene(found)
    echoes = simulated(scene, _aperture_m(scene, found.scene["doppler_hz"]), arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = write_echoes(echoes, arguments.out)
    diagram = arguments.out / "reflectors.toml"
    write_atomic(diagram, write_array(laid_out(scene)))
    about = {"pulses": echoes.echoes.shape[0], "samples": echoes.echoes.shape[1]}
    return _written(arguments, "simulate", scene.about, [path, diagram], about)


def _scene(found: Any) -> RadarScene:
    from overflight.imagery.radar.simulate import LaidReflector, RadarScene

    flight, scene = dict(found.flight), dict(found.scene)
    scene.pop("doppler_hz")
    return RadarScene(
        about=found.about,
        speed_m_s=flight.pop("speed_km_h") / _KMH,
        reflectors=tuple(LaidReflector(**row) for row in found.reflectors),
        pairs=found.pairs,
        **flight,
        **scene,
        **found.radar,
    )


def _aperture_m(scene: RadarScene, doppler_hz: float) -> float:
    """Half as much again as the band takes at the far edge, and what its soft ends take."""
    import math

    wave = scene.about.wavelength_m
    slant = scene.height_m / math.cos(math.radians(scene.look_deg)) + scene.width_m
    own = doppler_hz / scene.speed_m_s + 4.0 * math.sqrt(2.0 / (wave * slant))
    return 1.5 * slant * own * wave / 2.0


def focus_(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.imagery.radar.files import read_echoes, write_image
    from overflight.imagery.radar.focus import FocusAsked, focus
    from overflight.sensing.impulse import weighting

    asked = FocusAsked(
        arguments.doppler,
        weighting(arguments.range_weighting),
        weighting(arguments.azimuth_weighting),
        arguments.range_step,
        arguments.line_step,
        workers=max(1, min(arguments.workers, 64)),
    )
    for name in ("doppler", "range_step", "line_step"):
        value = getattr(arguments, name)
        if value is not None and not 0.0 < value < 1e9:
            raise DataError(f"{name} of {value:g}", remedy="Give a number above zero.")
    history, declared = read_echoes(arguments.echoes)
    require_writable(arguments.out)
    image = focus(history, asked, _progress())
    arguments.out.mkdir(parents=True, exist_ok=True)
    said = {
        key: value
        for key in ("near_deg", "swath_km", "range_m", "azimuth_m")
        if (value := getattr(declared, key)) is not None
    }
    path = write_image(image, arguments.out, kind=arguments.format, declared=said)
    rows, columns = image.pixels.shape
    about = {"rows": rows, "columns": columns, "line_m": image.line_m, "range_m": image.range_m}
    return _written(arguments, "focus", image.about, [path], about)


def reflectors(arguments: argparse.Namespace) -> int:
    import hashlib

    from overflight.cli.tables import table
    from overflight.formats.radar_files import read_array
    from overflight.formats.radar_json import radar_document
    from overflight.imagery.radar.files import read_image
    from overflight.imagery.radar.measure import Separation, measure
    from overflight.mission.certification.radar import APART, DIP
    from overflight.report.radar import radar_text

    view = _view(arguments)
    image, _ = read_image(arguments.image)
    diagram = None if arguments.array is None else read_array(arguments.array)
    option = view.readings[APART]
    separation = Separation(option, float(view.value(DIP).value))
    if not (0.0 < arguments.threshold < 200.0 and 0.0 < arguments.within < 1e6):
        raise DataError("a threshold or distance that cannot be meant", remedy="Give others.")
    found = measure(
        image,
        _terrain(arguments, image),
        diagram,
        separation,
        threshold_db=arguments.threshold,
        within_m=arguments.within,
    )
    about = image.about
    mode = arguments.mode or " ".join(filter(None, (about.polarisation, about.side)))
    document = radar_document(
        image,
        found.reflectors,
        found.pairs,
        found.missing,
        sha256=hashlib.sha256(arguments.image.read_bytes() + image.pixels.tobytes()).hexdigest(),
        mode=mode,
        flown=arguments.flown or arguments.image.stem,
        readings={APART: option},
        expected=_expected(image),
    )
    if arguments.json:
        print_json(document)
    else:
        print(radar_text(document, table))
    return EXIT_OK


def _expected(image: RadarImage) -> dict[str, float | None]:
    """Widths by closed form, where the description says band and weighting."""
    from overflight.sensing.impulse import azimuth_width_m, range_width_m, weighting

    across = along = None
    if image.range_weighting:
        band = image.about.bandwidth_mhz * 1e6
        across = range_width_m(band, weighting(image.range_weighting))
    if image.azimuth_weighting and image.doppler_hz:
        along = azimuth_width_m(
            image.doppler_hz, image.speed_m_s, weighting(image.azimuth_weighting)
        )
    return {"range_m": across, "azimuth_m": along}


def swath(arguments: argparse.Namespace) -> int:
    from overflight.formats.radar_json import swath_document
    from overflight.imagery.radar.files import read_image
    from overflight.imagery.radar.geometry import swath_of
    from overflight.mission.certification.radar import swath_findings
    from overflight.report.radar import swath_text
    from overflight.terms.findings import Findings

    view = _view(arguments)
    image, declared = read_image(arguments.image)
    found = swath_of(image, _terrain(arguments, image))
    findings = Findings(swath_findings(view, found, declared))
    document = swath_document(found, image, [f.as_dict() for f in findings.items])
    if arguments.json:
        print_json(document)
    else:
        print(swath_text(document))
    return _EXIT[str(findings.verdict)]


def geocode(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.imagery.radar.files import read_image
    from overflight.imagery.radar.pictures import write_map

    if arguments.size is not None and not 1e-3 < arguments.size < 1e6:
        raise DataError(f"pixels of {arguments.size:g} m", remedy="Give a size above zero.")
    image, _ = read_image(arguments.image)
    require_writable(arguments.out.parent)
    grid = write_map(arguments.out, image, _terrain(arguments, image), arguments.size)
    about = {"rows": grid.rows, "columns": grid.columns, "size_m": grid.size, "crs": grid.crs}
    return _written(arguments, "geocode", image.about, [arguments.out], about)


def certify(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.formats.radar_json import read_radar_document
    from overflight.mission.certification.radar import certification_document
    from overflight.report.radar import certification_text

    view = _view(arguments)
    documents = [read_radar_document(path) for path in arguments.readings]
    document = certification_document(view, documents, provided=arguments.provided)
    if arguments.json:
        print_json(document)
    else:
        print(certification_text(document, table))
    return _EXIT[document["verdict"]]


def choose(arguments: argparse.Namespace) -> int:
    from overflight.formats.radar_files import read_description
    from overflight.formats.times import read_time, write_time
    from overflight.mission.certification.radar import choice_document
    from overflight.report.radar import choice_text

    view = _view(arguments)
    marks = {"SIMULATED"} if arguments.simulated else set()
    handed = None
    if arguments.data is not None:
        about, said, _ = read_description(arguments.data)
        handed = said["form"]
        marks |= {*about.marks}
    document = choice_document(
        view,
        observing=arguments.observing,
        observed=arguments.observed,
        aircraft=arguments.aircraft,
        by=arguments.by,
        form=arguments.form,
        sensor=arguments.sensor,
        flight=arguments.flight,
        at=write_time(read_time(arguments.at, where="--at")),
        marks=sorted(marks),
    )
    if arguments.json:
        print_json(document)
    else:
        print(choice_text(document))
    if handed is not None and handed != arguments.form:
        print(f"what was handed over is {handed.replace('-', ' ')}", file=sys.stderr)
        return EXIT_BREACH
    return EXIT_OK


def _view(arguments: argparse.Namespace) -> TreatyView:
    from overflight.cli.sensor_models_run import _view as view

    return view(arguments)


def _terrain(arguments: argparse.Namespace, image: RadarImage) -> Terrain:
    from overflight.imagery.elevation import Terrain

    if arguments.dem is None:
        return Terrain.level(image.ground_m)
    geoid: Any = arguments.geoid
    if geoid is not None:
        try:
            geoid = float(geoid)
        except ValueError:
            geoid = Path(geoid)
    return Terrain.read(arguments.dem, geoid=geoid)


def _written(
    arguments: argparse.Namespace,
    verb: str,
    about: RadarAbout,
    paths: list[Path],
    said: dict[str, Any],
) -> int:
    """What was written, as a document or a line."""
    if arguments.json:
        files = [path.name for path in paths]
        print_json(
            {
                "kind": "sensor-radar-written",
                "version": 1,
                "marks": list(about.marks),
                "verb": verb,
                "sensor": about.sensor,
                "files": files,
                "about": said,
            }
        )
    else:
        words = ", ".join(f"{key} {_short(value)}" for key, value in said.items())
        head = " ".join((*about.marks, ""))
        print(f"{head}{', '.join(map(str, paths))}: {words}")
    return EXIT_OK


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _progress() -> Any:
    """A line of progress on a terminal; nothing where the output goes elsewhere."""
    if not sys.stderr.isatty():
        return None

    def say(share: float) -> None:
        end = "\n" if share >= 1.0 else ""
        print(f"\rlaying echoes back: {share:4.0%}", end=end, file=sys.stderr, flush=True)

    return say
