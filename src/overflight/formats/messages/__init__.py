"""Messages between Parties: JSON documents and numbered plain text, each made from the other."""
