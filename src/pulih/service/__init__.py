"""The only rooms that know the order in which things happen."""
