"""Steps that bring a database from any earlier shape to today's; `upgrade` runs those that are missing."""
