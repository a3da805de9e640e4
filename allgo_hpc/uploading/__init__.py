"""Files that are sent piece by piece, before the job that takes them (the domain of the tus protocol)."""
