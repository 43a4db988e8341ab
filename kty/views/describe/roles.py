"""Roles."""

from kty.views.describe.permissions import role
from kty.views.describing import Describer

DESCRIBER = Describer("roles.rbac.authorization.k8s.io", role)
