"""The flight: simulate a plan, repair a track that was recorded, hold it against the plan."""
