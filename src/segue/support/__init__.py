"""The application: resolves customer-support tickets end to end."""
