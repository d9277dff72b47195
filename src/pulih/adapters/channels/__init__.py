"""Channels: each carries one message to one address, and says "sent" only when its peer has taken the message."""
