"""Confirm: what people decide about an incident, what of it is allowed, and what their timeline adds up to."""
