"""The nouns every room shares: raw reports, signals, readings, findings, units of time, and the error tree."""
