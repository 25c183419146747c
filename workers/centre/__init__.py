"""The loops that speak with the centre, over the link or by courier."""
