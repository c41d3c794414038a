"""How fast knowledge is read and searched, beside what it is made with."""
