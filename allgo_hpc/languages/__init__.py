"""The languages that the portal speaks: whose is which, what mails say in them, the domain's sentences in them."""

from allgo_hpc.languages.known import ENGLISH, LANGUAGES, language_of

__all__ = ["ENGLISH", "LANGUAGES", "language_of"]
