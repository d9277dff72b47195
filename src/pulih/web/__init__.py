"""Pages and interfaces of the running desk: what people and machines see of it, over HTTP."""
