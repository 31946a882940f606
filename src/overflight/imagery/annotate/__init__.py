"""Annotation of frames: built, written, read, and held against what the regime asks for."""
