"""What a person types without a screen: each command reads its words, asks the cluster and writes what came."""
