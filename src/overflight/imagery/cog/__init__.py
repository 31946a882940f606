"""Lossless Cloud Optimized GeoTIFF: written tile by tile, never whole in memory."""

from overflight.imagery.cog.writer import CogWriter, read_marks, write_cog

__all__ = ["CogWriter", "read_marks", "write_cog"]
