"""Makes cards with Typst: a program of its own, so that the daemon is small while nothing is printed."""
