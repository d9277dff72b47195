"""The TM Forum interfaces of the desk: TMF621 trouble tickets, TMF642 alarms, TMF656 service problems."""
