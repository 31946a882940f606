"""Rectification: what a frame saw, laid on the map by exact collinearity over the terrain."""
