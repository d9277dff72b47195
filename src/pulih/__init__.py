"""Pulih, the open outage desk for telecoms: from complaints to a dated, placed outage."""
