"""The running desk: joins ports to adapters and rooms to pages, starts and stops threads; beside `main` it knows all."""
