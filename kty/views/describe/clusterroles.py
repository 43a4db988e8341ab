"""Cluster roles."""

from kty.views.describe.permissions import role
from kty.views.describing import Describer

DESCRIBER = Describer("clusterroles.rbac.authorization.k8s.io", role)
