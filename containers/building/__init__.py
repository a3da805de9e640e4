"""What a build is made of: commands, their running, a place to work, the last move of the image."""
