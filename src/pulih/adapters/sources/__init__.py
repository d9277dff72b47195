"""Sources: where the desk listens by itself, one file a kind (ports.SourceKind), in the room of who speaks there."""
