"""What goes on inside the pods of the demo: what they print, and what a person can run in them."""
