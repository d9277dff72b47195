"""Read a complaint: language, symptom, place, group, operator at fault, certainty."""
