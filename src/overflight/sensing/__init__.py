"""What a sensor resolves and how far to the side it sees. Pure: no input, no output, no clock."""
