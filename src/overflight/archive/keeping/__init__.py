"""Sealed bundles kept: taken in whole or not at all, checked, scrubbed, mended.

What came in is there once its transaction is committed, and acknowledged once the log has it.

    layout, begin      the folder of an archive and what it says of itself
    objects, remote    every file once, by its SHA-256: in a folder, or in an object store
    database, missions, desk
                       the one transaction in which a mission comes into being, and its tables
    contents, stac     what a bundle says that it holds, held against what it does hold
    stac_mission       the collection of a mission, and its item where none was sealed
    facts              what access is decided on, as the sealed documents have it
    relation           what a bundle adds to what is there, or why it cannot be the same one
    ingest, logged     taking a bundle in; the entries in the log
    view               a mission as the bundle that it came as
    checking, mending  whether all of it is there and as it was sealed; putting back what is not
"""
