"""How much one user may have: jobs at once, jobs a day, bytes stored, core-hours a month; and one job of an app."""
