"""The graph engine: from pair days to influence and reach, by one of several executors."""
