"""Series of numbers for forecasters and detectors: rows at a regular step, parts in the order of time, inputs."""
