"""A small Kubernetes cluster inside the process, served over HTTP on loopback to kty's ordinary client."""
