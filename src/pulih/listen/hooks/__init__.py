"""Hooks: what ticket systems, chats and alarms post to us, turned into reports like those of any other source."""
