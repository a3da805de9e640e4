"""The server that runs the portal: gunicorn, told what the portal needs of it."""
