"""Mails: queued with what they tell, sent by the sweep's process."""
