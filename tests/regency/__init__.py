"""A regency: several daemons on one PostgreSQL, while daemons, the leader and the server are killed."""
