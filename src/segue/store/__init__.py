"""The only place that opens a database: connections, transactions, migrations and named statements."""
