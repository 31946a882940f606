"""Frames: what resolution they really have, measured in the pictures themselves."""
