"""The transparency log: what was sealed, asked, delivered and decided, in an order that stays.

    entries                  a kind, a digest, a moment; and how entries lie in bundles of 256
    notes, checkpoints       signed notes, checkpoints and cosignatures, as C2SP specifies them
    tiles, frontier          the tree on disk in tiles of 256 hashes; its growing edge in memory
    journal, keeping         batches that are on disk before they are acknowledged; the log itself
    reading, audit           anybody's view of a log's folder; all of it held to the checkpoint
    proofs, proving, trust   proofs as documents; made from a folder; whose signatures count
    things, anchors          what of a bundle is logged; what a log dates, for signatures whose own
                             word is not enough
    witness, comparing       a Party that co-signs; two histories, and the proof that there are two
    verdict                  the answer to "does it hold", for a log and for each kind of document

Nothing here but the log's keeper and a witness writes, and neither ever rewrites.
"""
