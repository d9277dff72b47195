"""The intake over HTTP, beside the pages and without their framework: a report costs little more than its fsync."""
