"""The interface for machines under /v1, and what a monitoring asks: health, readiness and metrics."""
