"""The running desk: joins ports to adapters and rooms to pages, starts and stops threads; knows all, as `main`."""
