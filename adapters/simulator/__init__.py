"""What stands in for the world outside in demos and tests."""
