"""A generated corpus with ground truth."""
