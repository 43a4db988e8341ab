"""The columns in which the API server shows its kinds, as `kubectl get` prints them."""
