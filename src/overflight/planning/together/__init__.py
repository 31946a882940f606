"""Several flights over the same targets, planned together: each target's value counts once."""
