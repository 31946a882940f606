"""Where a camera was and how it lay: from a track, from metadata, from a file."""
