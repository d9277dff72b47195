"""Own probes: ask name servers, ports and web addresses on a schedule, safely, and hand what they say to the intake."""
