"""The archive: sealed bundles kept, found by time and place, given to whom the treaty gives."""
