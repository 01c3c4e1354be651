"""Models inside engines that spread work over many machines."""
