"""Images that were made elsewhere: SIF files, and archives as container engines save them."""
