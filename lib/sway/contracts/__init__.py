"""What tables and versions are: declarations, and how they are checked."""
