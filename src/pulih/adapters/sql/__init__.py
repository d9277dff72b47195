"""The desk's databases: SQLite in its data folder, or PostgreSQL by address, with the same statements for both."""
