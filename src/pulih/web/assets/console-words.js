// A preview that the reader has unfolded stays unfolded while they write.
window.htmx.config.morphIgnore.push("open");
