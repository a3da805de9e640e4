"""What a param string is made of: presets, the schema of typed parameters, and its way from and to elsewhere."""
