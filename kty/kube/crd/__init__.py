"""Write Python classes for the kinds that CustomResourceDefinitions define.

It is a part of `kty.kube` because it needs no terminal: a build script may call what `kty crd types` calls.
"""
