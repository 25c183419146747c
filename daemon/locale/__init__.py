"""What people read, in their words: alerts, advice on the link, why somebody waits."""
