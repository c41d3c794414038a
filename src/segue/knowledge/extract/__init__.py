"""Files that hold no plain text, read in a process of their own: whatever is in them cannot harm this one."""
