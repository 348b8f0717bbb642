"""What to say: a Question becomes an Answer, an Answer becomes Speech."""
