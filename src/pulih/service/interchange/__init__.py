"""The order of things between the desk and partners who speak TM Forum: alarms, tickets, problems, and who is told."""
