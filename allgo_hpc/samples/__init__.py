"""An app's sample: inputs and a param string that each new version must run well with before it serves anybody."""
