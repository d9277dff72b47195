"""Interchange: documents of TM Forum's interfaces, and what the desk means by them."""
