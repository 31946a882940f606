"""What the observed side needs in the four hours that it has to answer a mission plan."""
