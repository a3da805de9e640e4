"""What belongs to an account: its tokens, its webhooks."""
