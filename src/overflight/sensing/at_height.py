"""What a sensor does from one height, in one answer: ground, swath, frames, sharpness.

Each figure has a name with its unit and a note on where it comes from; figures that cannot be
told from the sensor's data are left out, and ``missing`` says what they need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from overflight.errors import UnknownValueError
from overflight.sensing import coverage_rate, frame, linescan, motion, mtf, panoramic, sar
from overflight.sensing.frame import Scale, Swath
from overflight.terms.camera import Camera, FrameCamera, LineScanner, PanoramicCamera
from overflight.units import KilometresPerHour, Metres

OVERLAP = 0.6
"""Forward overlap for which a cycle time is told, where none is given: usual for stereo."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The flight that a sensor is asked about. ``modulation`` is the target's."""

    height_m: Metres
    speed_km_h: KilometresPerHour | None = None
    overlap: float = OVERLAP
    compensated: float = 0.0
    modulation: float = 1.0
    haze_leaves: float = 1.0
    threshold: float = mtf.THRESHOLD


@dataclass(slots=True)
class AtHeight:
    """Figures by name, which of them are our model and why, and what is missing for more."""

    swath: Swath
    figures: dict[str, float] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "swath_km": {
                "left": self.swath.left_km,
                "right": self.swath.right_km,
                "width": self.swath.width_km,
            },
            "figures": dict(self.figures),
            "our_models": dict(self.models),
            "missing": list(self.missing),
        }


def at_height(camera: Camera, flight: Conditions) -> AtHeight:
    """What ``camera`` does under ``flight``. SensorError where its view misses the ground."""
    if isinstance(camera, FrameCamera):
        return _frame(camera, flight)
    if isinstance(camera, PanoramicCamera):
        return _panoramic(camera, flight)
    if isinstance(camera, LineScanner):
        return _scanner(camera, flight)
    found = AtHeight(sar.radar_swath(camera, flight.height_m))
    far = sar.far_deg(camera, flight.height_m)
    found.figures["far_edge_deg"] = far
    for name, angle in (("near", camera.near_deg), ("far", far)):
        scale = sar.radar_resolution_m(camera, angle)
        found.figures[f"resolution_across_{name}_m"] = scale.across
    found.figures["resolution_along_m"] = camera.azimuth_resolution_m
    _rates(found, flight, None, None)
    return found


def _frame(camera: FrameCamera, flight: Conditions) -> AtHeight:
    height = flight.height_m
    found = AtHeight(frame.swath(camera, height))
    half = camera.across_mm / 2.0
    track = abs(camera.tilt_deg) > frame.half_field_deg(camera.focal_mm, camera.across_mm)
    places = {"centre": 0.0, "left_edge": -half, "right_edge": half}
    if track:  # an oblique view: say near and far, not left and right
        near = half if camera.tilt_deg < 0 else -half
        places = {"centre": 0.0, "near_edge": near, "far_edge": -near}
    for place, offset in places.items():
        if camera.pitch_um is not None:
            sample = frame.ground_sample_m(camera, height, offset)
            _pair(found, f"ground_sample_{place}", sample)
    if camera.pitch_um is None:
        found.missing.append("ground sample distance: film has none")
    length = frame.least_length_m(camera, height)
    found.figures["least_frame_length_m"] = length
    scales = {
        place: frame.scale_at(camera.focal_mm, height, camera.tilt_deg, offset)
        for place, offset in places.items()
    }
    _sharpness(found, camera, flight, scales)
    _rates(found, flight, length, camera.interval_s)
    return found


def _panoramic(camera: PanoramicCamera, flight: Conditions) -> AtHeight:
    height = flight.height_m
    found = AtHeight(panoramic.panoramic_swath(camera, height))
    scales = {
        "below": panoramic.panoramic_scale(camera.focal_mm, height, 0.0),
        "end": panoramic.panoramic_scale(camera.focal_mm, height, camera.half_scan_deg),
    }
    if camera.pitch_um is not None:
        for place, scale in scales.items():
            sample = Scale(*(metres * camera.pitch_um / 1000.0 for metres in scale))
            _pair(found, f"ground_sample_{place}", sample)
    found.figures["film_of_a_sweep_mm"] = panoramic.film_length_mm(camera)
    length = panoramic.least_panoramic_length_m(camera, height)
    found.figures["least_frame_length_m"] = length
    _sharpness(found, camera, flight, scales)
    _rates(found, flight, length, camera.interval_s)
    return found


def _scanner(scanner: LineScanner, flight: Conditions) -> AtHeight:
    found = AtHeight(linescan.scan_swath(scanner, flight.height_m))
    ends = {"below": 0.0, "left_end": scanner.left_deg, "right_end": scanner.right_deg}
    for place, angle in ends.items():
        _pair(
            found, f"ground_sample_{place}", linescan.scan_sample_m(scanner, flight.height_m, angle)
        )
    if scanner.lines_per_s is None:
        found.missing.append("fastest flight without gaps: lines_per_s")
    else:
        fastest = linescan.fastest_without_gap_km_h(scanner, flight.height_m)
        found.figures["fastest_without_gap_km_h"] = fastest
        if flight.speed_km_h is not None:
            spacing = linescan.line_spacing_m(scanner, flight.speed_km_h)
            found.figures["line_spacing_m"] = spacing
    _rates(found, flight, None, None)
    return found


def _pair(found: AtHeight, name: str, scale: Scale) -> None:
    found.figures[f"{name}_along_m"] = scale.along
    found.figures[f"{name}_across_m"] = scale.across


def _sharpness(
    found: AtHeight,
    camera: FrameCamera | PanoramicCamera,
    flight: Conditions,
    scales: dict[str, Scale],
) -> None:
    """The bar that the system's modulation supports, where its data tell anything of it."""
    blur_um = 0.0
    if camera.exposure_s is None or flight.speed_km_h is None:
        found.missing.append("motion blur: exposure_s and a speed")
    else:
        shares = {"compensated": flight.compensated}
        blur = motion.ground_blur_m(flight.speed_km_h, camera.exposure_s, **shares)
        blur_um = motion.image_blur_um(
            camera.focal_mm, flight.height_m, flight.speed_km_h, camera.exposure_s, **shares
        )
        found.figures |= {"motion_blur_m": blur, "motion_blur_um": blur_um}
    try:
        across = _resolved(camera, flight, 0.0)
        along = _resolved(camera, flight, blur_um)
    except UnknownValueError as error:
        found.missing.append(f"ground resolution: {error.message}")
        return
    found.figures |= {"resolved_along_lpmm": along, "resolved_across_lpmm": across}
    for place, scale in scales.items():
        found.figures[f"bar_{place}_along_m"] = mtf.bar_width_m(along, scale.along)
        found.figures[f"bar_{place}_across_m"] = mtf.bar_width_m(across, scale.across)
    parts = mtf.system_mtf(camera, haze_leaves=flight.haze_leaves, threshold=flight.threshold)
    for name in _bars(found):
        found.models[name] = (
            f"our model: bars of modulation {flight.modulation:g} are told apart down to "
            f"{flight.threshold:g}" + "".join(f"; {part} by our model" for part in parts.modelled)
        )


def _resolved(camera: FrameCamera | PanoramicCamera, flight: Conditions, motion_um: float) -> float:
    system = mtf.system_mtf(
        camera,
        motion_um=motion_um,
        haze_leaves=flight.haze_leaves,
        threshold=flight.threshold,
    )
    return mtf.resolved_lpmm(system, modulation=flight.modulation, threshold=flight.threshold)


def _bars(found: AtHeight) -> Iterator[str]:
    return (name for name in found.figures if name.startswith(("bar_", "resolved_")))


def _rates(
    found: AtHeight, flight: Conditions, length_m: Metres | None, interval_s: float | None
) -> None:
    """Overlap, cycle and coverage, where a speed is given."""
    if flight.speed_km_h is None:
        found.missing.append("forward overlap and coverage: a speed")
        return
    speed = flight.speed_km_h
    if length_m is not None:
        interval = coverage_rate.interval_for(length_m, speed, flight.overlap)
        found.figures["overlap_asked"] = flight.overlap
        found.figures["interval_s"] = interval
        if interval_s is None:
            found.missing.append("forward overlap at the camera's fastest: interval_s")
        else:
            at_best = coverage_rate.forward_overlap(length_m, speed, interval_s)
            found.figures["greatest_overlap"] = at_best
            fastest = coverage_rate.fastest_km_h(length_m, interval_s, flight.overlap)
            found.figures["fastest_for_overlap_km_h"] = fastest
    ratio = coverage_rate.velocity_over_height(speed, flight.height_m)
    found.figures["velocity_over_height_rad_s"] = ratio
    rate = coverage_rate.area_rate_km2_h(found.swath.width_km, speed)
    found.figures["area_rate_km2_h"] = rate


def model_h_min_m(
    camera: FrameCamera | PanoramicCamera, limit_m: Metres, flight: Conditions
) -> Metres:
    """Height at which the camera's model resolves just ``limit_m`` at its best place, at rest.

    Bar widths grow with height as the scale does, so one height decides. Our model: no treaty
    lets H_min be computed from a camera's data; it is measured. ``flight``'s height is not used.
    Raises UnknownValueError where the data tell nothing of sharpness.
    """
    frame.require_positive(limit_m=limit_m)
    lpmm = _resolved(camera, flight, 0.0)
    if isinstance(camera, PanoramicCamera):
        best = panoramic.panoramic_scale(camera.focal_mm, 1000.0, 0.0)
    else:
        half = camera.across_mm / 2.0
        best = min(
            frame.scale_at(camera.focal_mm, 1000.0, camera.tilt_deg, offset)
            for offset in (-half, 0.0, half)
        )
    finest = min(mtf.bar_width_m(lpmm, best.along), mtf.bar_width_m(lpmm, best.across))
    return limit_m / finest * 1000.0


def planning_view(camera: Camera) -> tuple[float, float, str] | None:
    """The view as a planner wants it: near and far angle from the vertical, and the side.

    None for a radar, whose far edge depends on height, and for a frame that holds the track but
    not evenly, which a planner's strip cannot say.
    """
    if isinstance(camera, PanoramicCamera):
        return 0.0, camera.half_scan_deg, "both"
    if isinstance(camera, FrameCamera):
        left, right = frame.across_limits_deg(camera)
    elif isinstance(camera, LineScanner):
        left, right = camera.left_deg, camera.right_deg
    else:
        return None
    if left >= 0.0:
        return left, right, "right"
    if right <= 0.0:
        return -right, -left, "left"
    return (0.0, right, "both") if abs(left + right) < 1e-9 else None
