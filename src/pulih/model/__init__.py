"""The nouns every room shares: signals, readings, scopes, findings, units of time, and the error tree."""
