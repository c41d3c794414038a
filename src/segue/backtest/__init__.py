"""What the agent would have done on past tickets: replayed as of their own time, judged by what people did."""
