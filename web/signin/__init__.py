"""Who is at the browser: accounts by Flask-Security, over the portal's own records."""
