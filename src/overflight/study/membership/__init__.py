"""What changes when States leave a regime, come back, join it or suspend it."""
