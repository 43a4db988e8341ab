"""Draw what they are given; know no Kubernetes."""
