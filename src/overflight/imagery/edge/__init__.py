"""Sharpness from one slanted edge: MTF50 with a 95 % interval, and the whole transfer."""

from overflight.imagery.edge.measure import measure
from overflight.imagery.edge.reading import REASONS, EdgeReading, EdgeRefused

__all__ = ["REASONS", "EdgeReading", "EdgeRefused", "measure"]
