"""When reciprocity holds: a repeated game in which each side sees the other through errors."""
