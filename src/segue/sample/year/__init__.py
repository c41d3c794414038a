"""The phrase books of `year.py`: what customers wrote in a year, and how the people of the shop answered."""
