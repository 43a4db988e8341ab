"""What stands in the small shop: manifests by what they are for, as somebody would have written them."""
