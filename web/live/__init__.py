"""What is told as it happens: one watcher per process looks at the database, any number of streams wait for it."""
