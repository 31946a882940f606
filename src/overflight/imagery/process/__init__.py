"""Frames in, rectified and annotated pictures out: one job a frame, restarted where it stopped."""
