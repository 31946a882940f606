"""Lossless Cloud Optimized GeoTIFF, and plain tiled GeoTIFF: written tile by tile, never whole in
memory."""

from overflight.imagery.cog.plain import TiledWriter, write_tiled
from overflight.imagery.cog.tiling import TILE
from overflight.imagery.cog.writer import CogWriter, read_marks, write_cog

__all__ = ["TILE", "CogWriter", "TiledWriter", "read_marks", "write_cog", "write_tiled"]
