"""Echoes of reflectors known by construction, focused: place, phase, strength and widths."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from radar_scenes import (
    ABOUT,
    APERTURE_M,
    ASKED,
    BAND_MHZ,
    DOPPLER_HZ,
    SCENE,
    SPEED,
    echoes,
    image,
)

from overflight.errors import SensorError
from overflight.imagery.elevation import Terrain
from overflight.imagery.radar.compress import compression
from overflight.imagery.radar.focus import FocusAsked, focus, straight
from overflight.imagery.radar.geometry import pixel_of, seen_at
from overflight.imagery.radar.kernel import back_project
from overflight.imagery.radar.measure import measure
from overflight.imagery.radar.simulate import (
    cross_section_m2,
    laid_out,
    reflector_places,
    simulated,
)
from overflight.sensing.impulse import (
    HAMMING,
    UNIFORM,
    azimuth_width_m,
    range_width_m,
    response_of,
    taylor,
)
from overflight.terms.radar import PhaseHistory, RadarTrack

GROUND = Terrain.level(120.0)


def test_truth_is_found_again() -> None:
    """Widths within half a per cent, places within a few centimetres, strength within one."""
    reading = measure(image(), GROUND, laid_out(SCENE))
    strength = math.sqrt(cross_section_m2(1.0, ABOUT.wavelength_m))
    middle = 5000.0 / math.cos(math.radians(55.0))
    _, away = seen_at(image().track, reflector_places(SCENE))
    slant = dict(zip("ABC", away, strict=True))
    assert [r.id for r in reading.reflectors] == ["A", "B", "C"]
    for found in reading.reflectors:
        assert found.range.width_m == pytest.approx(
            range_width_m(BAND_MHZ * 1e6, HAMMING), rel=5e-3
        )
        assert found.azimuth.width_m == pytest.approx(azimuth_width_m(DOPPLER_HZ, SPEED), rel=1e-2)
        sine = math.sqrt(1.0 - (5000.0 / float(slant[found.id])) ** 2)
        assert found.ground_m == pytest.approx(found.range.width_m / sine, rel=3e-3)
        assert found.azimuth.pslr_db == pytest.approx(response_of(UNIFORM).pslr_db, abs=0.3)
        assert found.amplitude * (found.slant_m / middle) ** 2 == pytest.approx(strength, rel=2e-2)
        assert abs(found.off_azimuth_m or 0.0) < 0.05
        assert abs(found.off_range_m or 0.0) < 0.02
        turns = 2.0 * float(slant[found.id]) / ABOUT.wavelength_m
        assert abs(_within(found.phase_deg + 360.0 * turns)) < 5.0
        for value, interval in (
            (range_width_m(BAND_MHZ * 1e6, HAMMING), found.range.interval_95),
            (azimuth_width_m(DOPPLER_HZ, SPEED), found.azimuth.interval_95),
        ):
            assert interval is not None
            assert interval[0] <= value <= interval[1]


def _within(degrees: float) -> float:
    return (degrees + 180.0) % 360.0 - 180.0


@pytest.mark.parametrize(
    ("of", "azimuth"), [(UNIFORM, HAMMING), (taylor(5, -35.0), taylor(4, -30.0))]
)
def test_weightings_are_those_asked_for(of: object, azimuth: object) -> None:
    found = measure(
        focus(echoes(), FocusAsked(DOPPLER_HZ, of, azimuth)),
        GROUND,
        laid_out(SCENE),  # type: ignore[arg-type]
    ).reflectors[1]
    assert found.range.width_m == pytest.approx(range_width_m(BAND_MHZ * 1e6, of), rel=1e-2)  # type: ignore[arg-type]
    assert found.azimuth.width_m == pytest.approx(
        azimuth_width_m(DOPPLER_HZ, SPEED, azimuth), rel=1e-2
    )  # type: ignore[arg-type]


def test_intervals_hold_over_passes_with_noise() -> None:
    """36 intervals of six noisy passes: at the most five miss."""
    inside = total = 0
    for seed in range(6):
        reading = measure(image(20_000.0, seed), GROUND, laid_out(SCENE))
        for found in reading.reflectors:
            assert 20.0 < found.contrast_db < 45.0
            for value, interval in (
                (range_width_m(BAND_MHZ * 1e6, HAMMING), found.range.interval_95),
                (azimuth_width_m(DOPPLER_HZ, SPEED), found.azimuth.interval_95),
            ):
                assert interval is not None
                inside += interval[0] <= value <= interval[1]
                total += 1
    assert total == 36
    assert inside >= 31


def test_the_track_flown_counts_not_a_straight_one() -> None:
    """A sway of a few centimetres, some waves long: told to be straight, nothing is in focus."""
    scene = replace(SCENE, sway_m=0.05, sway_s=0.4)
    history = simulated(scene, APERTURE_M)
    right = np.abs(focus(history, ASKED).pixels).max()
    line, _ = straight(history.track)
    share = (history.track.time_s - line.time_s[0]) / (line.time_s[1] - line.time_s[0])
    flat = line.xyz_m[0] + share[:, None] * (line.xyz_m[1] - line.xyz_m[0])
    wrong = focus(replace(history, track=replace(history.track, xyz_m=flat)), ASKED)
    assert right == pytest.approx(np.abs(image().pixels).max(), rel=0.1)
    assert np.abs(wrong.pixels).max() < 0.6 * right


def test_a_right_looking_radar() -> None:
    about = replace(ABOUT, side="right")
    scene = replace(SCENE, about=about, sway_m=0.0, length_m=150.0)
    found = measure(focus(simulated(scene, APERTURE_M), ASKED), GROUND, laid_out(scene))
    assert len(found.reflectors) == 3
    assert not found.missing


def test_the_kernel_is_the_sum_it_says() -> None:
    """Against the sum written out in double precision, for a few pixels."""
    history = echoes()
    filtered = compression(history, UNIFORM)
    pulses = slice(200, 280)
    compressed = filtered(history.echoes[pulses])
    antennas = np.ascontiguousarray(history.track.xyz_m[pulses])
    line, _ = straight(history.track)
    ahead = (line.xyz_m[1] - line.xyz_m[0]) / np.linalg.norm(line.xyz_m[1] - line.xyz_m[0])
    places = reflector_places(SCENE)
    pixels = np.ascontiguousarray((places + np.array([0.3, 0.0, 0.1])).T[None])
    turns = 2.0 / ABOUT.wavelength_m
    table = np.concatenate([[0.0], np.ones(99), [0.0]]).astype(np.float32)
    out = [np.zeros((1, 3), dtype=np.float32) for _ in range(3)]
    back_project(
        np.ascontiguousarray(compressed.real), np.ascontiguousarray(compressed.imag), antennas,
        pixels, ahead[None], table,
        np.array([filtered.first_m, filtered.per_m, turns, 0.01]), np.array([[0, 80]]), *out,
    )  # fmt: skip
    grid = np.arange(compressed.shape[1])
    for j in range(3):
        away = np.linalg.norm(pixels[0, :, j] - antennas, axis=1)
        at = (away - filtered.first_m) * filtered.per_m
        echo = [
            np.interp(x, grid, r.real) + 1j * np.interp(x, grid, r.imag)
            for x, r in zip(at, compressed, strict=True)
        ]
        told = np.sum(np.array(echo) * np.exp(2j * np.pi * turns * away))
        assert complex(out[0][0, j], out[1][0, j]) == pytest.approx(told, rel=2e-3)
        assert out[2][0, j] == pytest.approx(80.0)


def _first(history: PhaseHistory, pulses: int) -> PhaseHistory:
    track = RadarTrack(history.track.time_s[:pulses], history.track.xyz_m[:pulses])
    return replace(history, echoes=history.echoes[:pulses], track=track)


def test_what_cannot_be_focused() -> None:
    history = echoes()
    with pytest.raises(SensorError):
        focus(history, FocusAsked(500.0))  # wider than the pulses sample
    with pytest.raises(SensorError):
        focus(_first(history, 60), ASKED)  # longer than the track
    with pytest.raises(SensorError):
        focus(history, FocusAsked(DOPPLER_HZ, line_m=10.0))  # rows that do not hold the band
    with pytest.raises(SensorError):
        focus(replace(history, sample_mhz=20.0), ASKED)
    with pytest.raises(SensorError):
        focus(history, FocusAsked(1e-6))
    with pytest.raises(SensorError):
        simulated(replace(SCENE, pulses_per_s=1e9), APERTURE_M)
    with pytest.raises(SensorError):
        simulated(replace(SCENE, about=replace(ABOUT, simulated=False)), APERTURE_M)


def test_blocks_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from overflight.imagery.radar import focus as module

    monkeypatch.setattr(module, "_BLOCK", 40)
    monkeypatch.setattr(module, "_PULSES", 100)
    parts = focus(echoes(), replace(ASKED, workers=2)).pixels
    assert np.abs(parts - image().pixels).max() < 2e-4 * np.abs(image().pixels).max()


def test_the_row_asked_for_is_a_part_of_the_whole() -> None:
    rows, columns = pixel_of(image(), reflector_places(SCENE))
    assert ((rows > 0) & (rows < image().pixels.shape[0])).all()
    assert ((columns > 0) & (columns < image().pixels.shape[1])).all()
