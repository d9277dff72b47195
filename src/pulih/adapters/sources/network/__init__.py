"""Where the network itself speaks: alarms, traps, logs, messages of machines."""
