"""Cluster role bindings."""

from kty.views.describe.permissions import binding
from kty.views.describing import Describer

DESCRIBER = Describer("clusterrolebindings.rbac.authorization.k8s.io", binding)
