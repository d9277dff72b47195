"""The live desk: fold the journal into windows, scan them as they close, and say what is found and why."""
