"""Sealed bundles kept: taken in whole or not at all, checked, scrubbed, mended.

layout             the folder of an archive and what it says of itself
objects, remote    every file once, by its SHA-256: in a folder, or in an object store
database, missions the one transaction in which a mission comes into being, and its tables
contents, stac     what a bundle says that it holds, held against what it does hold
facts              what access is decided on, as the sealed documents have it
ingest, logged     taking a bundle in; the entry in the log
view               a mission as the bundle that it came as
checking, mending  whether all of it is there and as it was sealed; putting back what is not
"""
