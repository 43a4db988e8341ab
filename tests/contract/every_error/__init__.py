"""What goes wrong, and what a person reads then: at least one case for each error of the tree."""
