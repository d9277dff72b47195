"""The journal on disk: what was heard, word for word, encrypted by day, durable before anybody is told so."""
