"""The counties of the bulletins, each in a module of its own, and what they share."""
