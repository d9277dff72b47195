"""Credits in files: tables read and written, and the engines that work them out."""
