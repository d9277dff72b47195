"""What the inside asks of the outside, a module for each neighbour; adapters implement these and `main` joins them."""
