"""Operations on sharing: with whom an app is shared, groups of users."""
