"""The inside of a camera in pixels, and whether a picture can have come from it."""

from __future__ import annotations

from overflight.errors import ImageError, UnknownValueError
from overflight.terms.camera import FrameCamera
from overflight.terms.frames import Interior

_ROUNDED_PX = 0.51


def interior_of_camera(camera: FrameCamera, columns: int, rows: int, name: str = "") -> Interior:
    """A camera's interior for its picture of ``columns`` x ``rows`` pixels.

    The principal point is the middle of the picture unless the camera's file gives it, and there
    is no distortion unless it gives that. Raises UnknownValueError for a camera without detector
    elements, ImageError for a picture that is not of this camera.
    """
    if camera.pitch_um is None:
        raise UnknownValueError(
            f"{camera.name} has no detector elements",
            remedy="Give pitch_um; a scanned film has that of its scanner.",
        )
    pitch_mm = camera.pitch_um / 1000.0
    across, along = camera.across_mm / pitch_mm, camera.along_mm / pitch_mm
    label = name or "the picture"
    if abs(across - columns) > _ROUNDED_PX or abs(along - rows) > _ROUNDED_PX:
        swapped = abs(across - rows) <= _ROUNDED_PX and abs(along - columns) <= _ROUNDED_PX
        raise ImageError(
            f"{label} has {columns} x {rows} pixels, {camera.name} takes "
            f"{across:.0f} x {along:.0f}",
            remedy="It is turned by a quarter: turn it so that its top is in the direction of "
            "flight."
            if swapped
            else "Give the camera that took it, and the picture at its full size.",
        )
    focal = camera.focal_mm / pitch_mm
    x, y = camera.principal_mm or (0.0, 0.0)
    k1, k2, k3, p1, p2 = (*camera.distortion, 0.0, 0.0, 0.0, 0.0, 0.0)[:5]
    return Interior(
        columns, rows, focal, focal, columns / 2.0 + x / pitch_mm, rows / 2.0 + y / pitch_mm,
        k1, k2, k3, p1, p2,
    )  # fmt: skip
