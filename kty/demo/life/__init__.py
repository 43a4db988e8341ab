"""What a cluster does by itself: controllers that bring about what the objects say, on a clock that can be moved."""
