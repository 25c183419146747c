"""Getting statements to a database and back: connections, transactions, values, failures. Knows no table."""
