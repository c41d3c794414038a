"""What answers: the local brain today, providers later."""
