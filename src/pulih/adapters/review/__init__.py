"""The review as paper: one HTML file with its pictures in it, and a PDF of the same page."""
