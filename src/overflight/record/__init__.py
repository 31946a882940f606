"""The evidence: bundles that both sides seal, their manifests, signatures, proofs and keys.

Files are opaque here: what they hold, and what of them may leave a side, is decided above.

    canonical, names       bytes and names that can be written in one way only
    merkle, envelope       RFC 6962 trees; DSSE envelopes
    keys, statements, ring private keys; dated statements about keys; what a key was worth when
    manifest, store        what a bundle says that it holds, and what lies there
    sealing, signing       the next stage; a signature under it
    checking, portion      is it whole; a part of it with its proof
"""
