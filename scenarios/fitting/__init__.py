"""What a department's own history says: how long cases take, who comes, what falls through."""
