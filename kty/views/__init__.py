"""Say how each kind is shown: columns, tones, and where Enter leads. One file per kind."""
