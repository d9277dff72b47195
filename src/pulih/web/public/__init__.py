"""Pages that anybody may see, without script."""
