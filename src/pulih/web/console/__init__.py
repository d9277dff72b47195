"""The console: where the duty desk sees what is broken, why it is believed, and what to press (requirement C1)."""
