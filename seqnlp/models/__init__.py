"""Models: each joins pieces of nn/ into one network that a task trains."""
