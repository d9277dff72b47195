"""Open, hold, localise and close findings over a hierarchy of scopes."""
