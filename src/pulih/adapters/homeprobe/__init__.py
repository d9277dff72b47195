"""The probe at home: measures what customers get, where they are, and sends it to a desk when there is a way."""
