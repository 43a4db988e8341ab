"""What the API server refuses in objects that people write: as far as somebody would run into it."""
