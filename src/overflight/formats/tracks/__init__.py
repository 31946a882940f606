"""Tracks as they are recorded: CSV, GPX, KML, IGC, ADS-B state vectors, GeoParquet.

Readers give the points in the order of the file with the line each stood on, and repair nothing:
that is for ``flying.repair``.
"""
