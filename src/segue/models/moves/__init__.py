"""What comes next in a conversation, learned from those that people had."""
