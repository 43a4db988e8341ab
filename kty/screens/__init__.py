"""Join a store, a view and widgets into what a person sees."""
