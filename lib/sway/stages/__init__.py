"""What we compute: pure functions on frames, one file per step of the flow."""
