"""Examples with a known truth, as files: what ``overflight sensor simulate`` writes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.terms.track import SIMULATED

Made = tuple[dict[str, bytes], dict[str, Any]]

_DESCRIPTION = 270


def tiff(pixels: NDArray[Any], name: str) -> bytes:
    """A TIFF whose description begins with the mark."""
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    tags[_DESCRIPTION] = f"{SIMULATED} {name}"
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="TIFF", tiffinfo=tags)
    return out.getvalue()


def film_example(seed: int) -> Made:
    """A wedge scanned twice, a knife edge, and a bar target on the same film."""
    from overflight.imagery.film import simulate
    from overflight.imagery.film.scanner import Scanner
    from overflight.imagery.render.scene import BarsOnGround

    film = simulate.Film(blur_um=8.0, selwyn_um=0.45)
    scanner = Scanner(3.5, 200.0, 60_000.0, 0.6)
    scan = simulate.Scan(scanner)
    densities = 0.05 + 0.15 * np.arange(21)
    wedges, box, fog = simulate.wedge_scan(
        film, scan, densities, 0.6, seed, step_px=72, tall_px=100, second=True
    )
    thing = BarsOnGround(0.0, 0.0, widest_m=0.6)
    height, focal = 1500.0, 152.0
    metres_per_um = height / focal * 1e-3
    target = simulate.target_scan(
        film, scan, thing, metres_per_um, film.middle - 0.2, seed, (720, 720)
    )
    edge, clear = simulate.edge_scan(scan, seed)
    text = f"""# {SIMULATED}: an illustrative film, camera and scanner; none of them exists.
[film]
name = "{SIMULATED} roll"
type = "illustrative"

[scanner]
pixel_um = {scanner.pixel_um}
dark = {scanner.dark}
white = {scanner.white}
edge = "edge.tif"
edge_box = {list(clear)}

[wedge]
image = "wedge.tif"
again = "wedge-again.tif"
first = 0.05
increment = 0.15
log_exposure = 0.6
unexposed = {list(fog)}

[declared]
gamma = {film.gamma:.3f}
gamma_tolerance = 0.08
base_fog = {film.base}
base_fog_tolerance = 0.02

[target]
image = "target.tif"
height_m = {height}
focal_mm = {focal}

[processing]
strip-before = true
held-back = true
"""
    files = {
        "film.toml": text.encode(),
        "wedge.tif": tiff(wedges[0], "wedge"),
        "wedge-again.tif": tiff(wedges[1], "wedge, scanned again"),
        "edge.tif": tiff(edge, "knife edge on the scanner's glass"),
        "target.tif": tiff(target, "bar target on a negative"),
    }
    truth = {
        "gamma": film.gamma,
        "base_fog": film.base,
        "speed": 1.5 / 10.0**film.speed_x,
        "selwyn_um_of_unexposed_film": float(film.granularity(film.base)),
        "scanner_blur_px": scanner.blur_px,
        "film_blur_um": film.blur_um,
        "wedge_box": list(box),
        "bar_widths_m": list(thing.widths_m),
    }
    return files, truth


def video_example(seed: int) -> Made:
    """Five passes of a vertical camera over a target."""
    from overflight.imagery.render.scene import BarsOnGround
    from overflight.imagery.video import simulate
    from overflight.imagery.video.frames import y4m_bytes

    camera = simulate.VideoCamera()
    thing = BarsOnGround(0.0, 0.0, widest_m=1.0)
    random = np.random.default_rng([seed, 22])
    passes = [
        simulate.Pass(
            str(k + 1), float(height), float(random.uniform(-0.08, 0.08)),
            float(random.uniform(-6.0, 6.0)), 5, 60.0,
        )
        for k, height in enumerate((1000, 1050, 1100, 1150, 1200))
    ]  # fmt: skip
    files: dict[str, bytes] = {}
    rows = []
    for number, one in enumerate(passes):
        frames = simulate.pass_frames(camera, one, thing, seed * 100 + number)
        name = f"pass-{one.name}.y4m"
        files[name] = y4m_bytes(frames, camera.rate, SIMULATED)
        rows.append(f"""
[[pass]]
name = "{one.name}"
recording = "{name}"
height_m = {one.height_m}
""")
    files["target.toml"] = f"""# {SIMULATED}
[target]
name = "{SIMULATED} target"
bars = 3
contrast = 5.0
widest_m = {thing.widest_m}
ratio = {thing.ratio!r}
groups = {thing.steps}
""".encode()
    files["video.toml"] = f"""# {SIMULATED}: an illustrative camera; it does not exist.
[video]
name = "{SIMULATED} camera"
purpose = "demonstration"
mounting = "vertical"
zoom = "fixed"
controls_best = true
original = true
bits = 8

[target]
diagram = "target.toml"
stands = "horizontal"
{"".join(rows)}""".encode()
    level = 0.04 / (0.6 / 2.6) / (1.0 - 0.028)
    width = simulate.true_bar_px(camera, level)
    truth = {
        "h_min_m": 0.3 * camera.focal_mm / (camera.pitch_um * 1e-3) / width,
        "bar_px": width,
        "passes": [
            {"pass": p.name, "height_m": p.height_m, "aside_percent": 100.0 * abs(p.aside),
             "turned_deg": p.turned_deg, "nearest_frame": (p.frames - 1) // 2}
            for p in passes
        ],
    }  # fmt: skip
    return files, truth


def infrared_example(seed: int) -> Made:
    """Eight passes over a temperature target, at two differences and four heights."""
    from overflight.imagery.infrared import simulate
    from overflight.imagery.infrared.atmosphere import Atmosphere
    from overflight.imagery.infrared.radiance import Band
    from overflight.imagery.render.scene import BarsOnGround

    detector = simulate.Detector(blur_px=0.9, netd_k=0.25)
    air = Atmosphere(Band(8.0, 12.0), 200.0)
    thing = BarsOnGround(0.0, 0.0, widest_m=2.4, steps=15)
    files: dict[str, bytes] = {}
    rows = []
    number = 0
    for difference in (3.0, 6.0):
        for height in (700.0, 840.0, 1000.0, 1200.0):
            number += 1
            shape = simulate.size_for(detector, thing, height)
            counts = simulate.target_scan(
                detector, air, thing, height, seed * 100 + number, hot_k=288.0 + difference,
                shape=shape,
            )  # fmt: skip
            name = f"scan-{number}.tif"
            files[name] = tiff(counts, f"infra-red scan from {height:g} m")
            rows.append(f"""
[[pass]]
name = "{number}"
scan = "{name}"
height_m = {height}
""")
    files["infrared.toml"] = f"""# {SIMULATED}: an illustrative scanner; it does not exist.
[scanner]
name = "{SIMULATED} line scanner"
ifov_mrad = {detector.ifov_mrad}
band_um = [8, 12]
cold_k = {detector.cold_k}
cold_count = {detector.cold_count}
hot_k = {detector.hot_k}
hot_count = {detector.hot_count}

[atmosphere]
ground_m = {air.ground_m}

[target]
bar_widths_m = {[round(w, 6) for w in thing.widths_m]}
{"".join(rows)}""".encode()
    truth = {
        "h_min_m": simulate.true_height(detector, air, 0.5, 3.0, 3.0),
        "differences_k": [3.0, 6.0],
        "netd_k": detector.netd_k,
    }
    return files, truth


def linescan_example(seed: int) -> Made:
    """A line scan over level ground with warm discs, and the places of its lines."""
    from dataclasses import replace

    import pyproj

    from overflight.imagery.infrared import simulate
    from overflight.imagery.infrared.atmosphere import Atmosphere
    from overflight.imagery.infrared.ground import Level
    from overflight.imagery.infrared.radiance import Band

    zone, lat, lon = "EPSG:32633", 55.0, 16.5  # the map's middle, at sea; no place is meant
    to_world = pyproj.Transformer.from_crs(zone, "EPSG:4326", always_xy=True)
    x0, y0 = to_world.transform(lon, lat, direction="INVERSE")
    factors = pyproj.Proj(zone).get_factors(lon, lat)
    made = simulate.flown(
        360, 360, 900.0, 1.5, seed, shake_deg=2.0, scale=float(factors.meridional_scale)
    )
    lines = replace(made, x=made.x + x0, y=made.y + y0)
    discs = np.array([[0.0, 0.0, 16.0, 308.0], [110.0, 70.0, 16.0, 308.0],
                      [-120.0, 20.0, 16.0, 308.0]])  # fmt: skip
    discs[:, 0] += x0
    discs[:, 1] += y0
    air = Atmosphere(Band(8.0, 12.0))
    counts = simulate.field_scan(lines, Level(0.0), simulate.Detector(), air, discs, seed)
    lons, lats = to_world.transform(lines.x, lines.y)
    north = np.degrees(lines.heading) + factors.meridian_convergence
    rows = [
        f"{a:.9f},{o:.9f},{z:.3f},{h:.6f},{p:.6f},{r:.6f}"
        for a, o, z, h, p, r in zip(
            lats, lons, lines.z, north, np.degrees(lines.pitch), np.degrees(lines.roll), strict=True
        )
    ]
    places = "lat,lon,altitude_m,heading_deg,pitch_deg,roll_deg\n" + "\n".join(rows) + "\n"
    disc_lon, disc_lat = to_world.transform(discs[:, 0], discs[:, 1])
    truth = {
        "left_deg": float(np.degrees(lines.left - lines.step / 2.0)),
        "ifov_mrad": lines.step * 1e3,
        "flat_m": 0.0,
        "discs": [
            {"lat": float(a), "lon": float(o), "radius_m": 16.0, "kelvin": 308.0}
            for a, o in zip(disc_lat, disc_lon, strict=True)
        ],
    }
    return {"scan.tif": tiff(counts, "line scan"), "places.csv": places.encode()}, truth


EXAMPLES: dict[str, Callable[[int], Made]] = {
    "film": film_example,
    "video": video_example,
    "infrared": infrared_example,
    "linescan": linescan_example,
}
