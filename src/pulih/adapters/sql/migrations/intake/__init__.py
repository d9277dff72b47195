"""Steps of the intake's database, a chain for each room that keeps tables there."""
