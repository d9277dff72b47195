"""Credits over files: engines that work them out, and what they read and write."""
