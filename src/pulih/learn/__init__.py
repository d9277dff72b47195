"""Learning from an outage: what regulators ask and by when, what customers went through, and the review afterwards."""
