"""The certification of an aircraft's sensors: from readings of a target to a report to sign."""
