"""Coordinates, WGS84 geodesics and polygons. The only room that knows longitude comes first."""
