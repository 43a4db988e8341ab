"""Who a request comes from, and what they may do: tokens, impersonation, RBAC, and the reviews that ask about it."""
