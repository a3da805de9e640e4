"""What Flask-Security says, in the portal's words."""

from typing import Any

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "API_ERROR": (_l("This link or form is not valid (any more). Ask for a new one."), "error"),
    "GENERIC_AUTHN_FAILED": (_l("Wrong name, address or password."), "error"),
    "UNAUTHORIZED": (_l("This account may not see that page."), "error"),
    "UNAUTHENTICATED": (_l("Sign in first."), "error"),
    "REAUTHENTICATION_REQUIRED": (_l("You signed in a while ago: type your password again."), "error"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you, that was your password."), "success"),
    "CONFIRM_REGISTRATION": (
        _l("A mail is on its way to %(email)s. Open the link in it; then you can sign in."),
        "success",
    ),
    "EMAIL_CONFIRMED": (_l("Your address is confirmed. Sign in now."), "success"),
    "ALREADY_CONFIRMED": (_l("Your address was confirmed before: sign in."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (_l("This link is not valid (any more). Ask for a new mail here."), "error"),
    "CONFIRMATION_EXPIRED": (_l("This link was valid for %(within)s. Ask for a new mail here."), "error"),
    "CONFIRMATION_REQUIRED": (
        _l("Confirm your address first: open the link in the mail that was sent to it."),
        "error",
    ),
    "CONFIRMATION_REQUEST": (
        _l("If there is an account with the address %(email)s that is not confirmed, a mail is on its way to it."),
        "success",
    ),
    "EMAIL_ALREADY_ASSOCIATED": (_l("This address has an account already."), "error"),
    "USERNAME_ALREADY_ASSOCIATED": (
        _l("The name %(username)s is taken. Choose another; if it is yours, sign in instead."),
        "error",
    ),
    "USERNAME_NOT_PROVIDED": (_l("Choose a user name."), "error"),
    "EMAIL_NOT_PROVIDED": (_l("Type your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (_l("This is not an address like name@example.org."), "error"),
    "USER_DOES_NOT_EXIST": (_l("There is no such account."), "error"),
    "DISABLED_ACCOUNT": (_l("This account was closed."), "error"),
    "INVALID_PASSWORD": (_l("This is not your password."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Type a password."), "error"),
    "PASSWORD_INVALID_LENGTH": (_l("At least %(length)s characters."), "error"),
    "PASSWORD_IS_THE_SAME": (_l("This is the password that you have: choose another one."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two are not the same."), "error"),
    "FORGOT_PASSWORD": (_l("Forgot your password?"), "info"),
    "PASSWORD_RESET_REQUEST": (
        _l("If there is an account with the address %(email)s, a mail with a link is on its way to it."),
        "success",
    ),
    "PASSWORD_RESET_EXPIRED": (_l("This link was valid for %(within)s. Ask for a new mail here."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_l("This link is not valid (any more). Ask for a new mail here."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (_l("Your new password is set. Sign in with it."), "success"),
    "PASSWORD_CHANGE": (
        _l("Your password is changed. Wherever else you were signed in, you are signed out."),
        "success",
    ),
    "CHANGE_EMAIL_SENT": (
        _l("A mail is on its way to %(email)s. Your address changes when you open the link in it."),
        "success",
    ),
    "CHANGE_EMAIL_CONFIRMED": (_l("Your address is changed."), "success"),
    "CHANGE_EMAIL_EXPIRED": (_l("This link was valid for %(within)s. Change your address again."), "error"),
    "INVALID_REDIRECT": (_l("You cannot be sent to another site from here."), "error"),
}
SUBJECTS = {
    "EMAIL_SUBJECT_REGISTER": _l("Your A||GO HPC account"),
    "EMAIL_SUBJECT_CONFIRM": _l("Confirm your address for A||GO HPC"),
    "EMAIL_SUBJECT_PASSWORD_RESET": _l("A new password for A||GO HPC"),
    "EMAIL_SUBJECT_PASSWORD_NOTICE": _l("Your A||GO HPC password was changed"),
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": _l("Your A||GO HPC password was changed"),
    "CHANGE_EMAIL_SUBJECT": _l("Confirm your new address for A||GO HPC"),
}


def words() -> dict[str, Any]:
    """Return them as settings of Flask-Security."""
    return {f"SECURITY_MSG_{key}": value for key, value in MESSAGES.items()} | {
        f"SECURITY_{key}": value for key, value in SUBJECTS.items()
    }
