"""What-ifs over regimes: what is lost and gained, what can be seen, where to fly, what holds."""
