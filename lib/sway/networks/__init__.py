"""What networks are: one adapter file each, and the open format any other network can use."""
