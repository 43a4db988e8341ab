"""What the API server fills in where an object says nothing: as far as somebody would notice."""
