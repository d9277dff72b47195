"""Own phrases and rhythms of the simulated day; nothing in here was copied from anybody's posts."""
