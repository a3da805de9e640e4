"""The way in: what runs between sshd and a shell in the sandbox."""
