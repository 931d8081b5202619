"""Pages for people: HTML to read and print, calendar files, and the same in the terminal."""
