"""Who owns which field of an object: sets of fields, how they come about, and what an apply makes of them."""
