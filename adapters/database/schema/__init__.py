"""What the database looks like, and how one of an earlier revision becomes the newest."""
