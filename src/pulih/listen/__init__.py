"""Accept what was heard: mask it, pseudonymise its author, weigh it; copies and floods count less, none is dropped."""
