"""What a job, a turn, a blank and an outage are. Standard library only: no I/O, clock, chance, logging, threads."""
