"""Talk to one Kubernetes API server as one identity."""
