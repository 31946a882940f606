"""Rectified frames joined into one picture: gains, seams, blending, and a map of what is whose."""
