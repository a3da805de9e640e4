"""What the portal may ask of the build node: ``allgo-node VERB``, one line of JSON in, one line of JSON out."""
