"""What did we see? One folder per way of looking."""
