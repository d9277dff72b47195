"""Steps of the desk's database, a chain for each room that keeps tables there."""
