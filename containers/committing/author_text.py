"""What an author may say of a version. Pure."""

LONGEST_MESSAGE = 4000


def check_message(message: str) -> None:
    """Refuse what is too long, or holds control characters other than line feeds and tabs.

    Raises:
        ValueError: with the limit.
    """
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"the message may have {LONGEST_MESSAGE} characters, this has {len(message)}")
    for position, character in enumerate(message):
        if (
            (character < " " and character not in "\n\t")
            or "\x7f" <= character <= "\x9f"
            or "\ud800" <= character <= "\udfff"
        ):
            raise ValueError(f"the message holds the character U+{ord(character):04X} at position {position}")
