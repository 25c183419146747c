"""What daemons and offices of one database share: who leads, what changed, who else is there."""
