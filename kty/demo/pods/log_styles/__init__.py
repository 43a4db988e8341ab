"""How programs of several kinds log: what they say, from a chance that is seeded and a time that is given."""
