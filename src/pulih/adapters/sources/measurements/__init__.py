"""Public measurement of the internet: it corroborates what people say, and is never a cause by itself."""
