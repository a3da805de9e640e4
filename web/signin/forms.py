"""Flask-Security's forms, where ours differ: words, and what may be told to whom."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import (
    ChangeEmailForm,
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    VerifyForm,
    url_for_security,
)
from flask_security.confirmable import send_confirmation_instructions
from flask_security.forms import username_validator
from flask_security.proxies import _datastore
from markupsafe import Markup
from wtforms import BooleanField, EmailField, Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from allgo_hpc.accounts import PASSWORD_LEAST, PASSWORD_MOST

_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}
_NEW_PASSWORD_HELP = _l(
    "%(least)s to %(most)s characters; several words are good.", least=PASSWORD_LEAST, most=PASSWORD_MOST
)


class SignInForm(LoginForm):
    """One field takes the user name or the address; the library's own for the name is there, and not shown."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Find the account, then let the library check the rest."""
        told = (self.email.data or "").strip()
        # The library's hashes fail on what is longer than they take; no password is.
        self.password.data = (self.password.data or "")[: PASSWORD_MOST + 1]
        self.ifield = self.email
        named = {"email": told} if "@" in told else {"username": told.lower()}
        self.user = _datastore.find_user(case_insensitive=True, **named)
        if super().validate(**kwargs):
            return True
        if self.user_authenticated:
            # Whoever knows the password may be told what is wrong with the account.
            self.email.errors = []
            again = Markup('<a href="{}">{}</a>').format(url_for_security("send_confirmation"), _("Send it again"))
            self.form_errors.append(
                Markup("{} {}").format(_("Confirm your address first: open the link in the mail."), again)
                if self.requires_confirmation
                else _("This account was closed.")
            )
        return False


class SignUpForm(RegisterFormV2):
    """A name that is taken is told, for everybody may see names; an address that is taken is not."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Check it; the name's own error stays where the library would hide it."""
        valid = bool(super().validate(**kwargs))
        self.existing_username_user = None
        return valid


class ForgotForm(ForgotPasswordForm):
    """Somebody who never confirmed their address and forgot the password gets the mail that confirms."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Check it; the answer is the same whatever there is."""
        valid = bool(super().validate(**kwargs))
        if self.requires_confirmation and self.user is not None and self.user.is_active:
            send_confirmation_instructions(self.user)  # type: ignore[no-untyped-call]
        return valid


class ConfirmAgainForm(SendConfirmationForm):
    """Asks for the mail that confirms once more."""


class NewPasswordForm(ResetPasswordForm):
    """The form behind a reset mail's link."""


class PasswordForm(ChangePasswordForm):
    """Changes the password of whoever is signed in."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Check it; see SignInForm for the length."""
        self.password.data = (self.password.data or "")[: PASSWORD_MOST + 1]
        return bool(super().validate(**kwargs))


class AddressForm(ChangeEmailForm):
    """Changes the address of whoever is signed in."""


class AgainForm(VerifyForm):
    """Asks for the password once more, before something that matters."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Check it; without a password there is none that is right."""
        self.password.data = (self.password.data or "")[: PASSWORD_MOST + 1]
        if not self.user.password:
            self.password.errors = [_("This account has no password: sign out, and in again.")]
            return False
        return bool(super().validate(**kwargs))


FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "register_form": SignUpForm,
    "forgot_password_form": ForgotForm,
    "send_confirmation_form": ConfirmAgainForm,
    "reset_password_form": NewPasswordForm,
    "change_password_form": PasswordForm,
    "change_email_form": AddressForm,
    "verify_form": AgainForm,
}


def put_in_our_fields() -> None:
    """Give fields our words, once the library has put in its own: it does when it is joined to the application."""
    SignInForm.email = StringField(
        _l("User name or e-mail address"),
        validators=[InputRequired(_l("Type your user name or your address.")), Length(max=254)],
        render_kw={"autocomplete": "username"} | _PLAIN,
    )
    SignInForm.username = StringField(validators=[Optional()])  # the library looks at it, nobody is shown it
    SignUpForm.username = StringField(
        _l("User name"),
        description=_l("1 to 32 of a-z, 0-9, '.', '_' and '-', the first a letter. Others may see it."),
        validators=[InputRequired(_l("Choose a user name.")), username_validator, _free_name],
        render_kw={"autocomplete": "username", "maxlength": "32"} | _PLAIN,
    )
    # What a class inherits stays the library's: a field is copied with all but its words.
    for form in (SignUpForm, ForgotForm, ConfirmAgainForm, AddressForm):
        label = _l("New e-mail address") if form is AddressForm else _l("E-mail address")
        form.email = _again(form.email, EmailField, label)
    SignUpForm.email.kwargs["description"] = _l("A link is sent to it. Only the portal's administrators see it.")
    SignInForm.password = _again(SignInForm.password, PasswordField, _l("Password"))
    AgainForm.password = _again(AgainForm.password, PasswordField, _l("Your password"))
    SignUpForm.password = _again(SignUpForm.password, PasswordField, _l("Password"), _NEW_PASSWORD_HELP)
    NewPasswordForm.password = _again(NewPasswordForm.password, PasswordField, _l("New password"), _NEW_PASSWORD_HELP)
    PasswordForm.password = _again(PasswordForm.password, PasswordField, _l("The password that you have"))
    PasswordForm.new_password = _again(PasswordForm.new_password, PasswordField, _l("New password"), _NEW_PASSWORD_HELP)
    for form, name in (
        (SignUpForm, "password_confirm"),
        (NewPasswordForm, "password_confirm"),
        (PasswordForm, "new_password_confirm"),
    ):
        setattr(form, name, _again(getattr(form, name), PasswordField, _l("The same once more")))
    SignInForm.remember = _again(SignInForm.remember, BooleanField, _l("Stay signed in on this computer"))


def _again(field: Any, kind: type[Field], label: Any, description: Any = "") -> Any:  # noqa: ANN401  # WTForms has no types
    """Return an unbound field like this one, with other words."""
    more = {key: value for key, value in field.kwargs.items() if key not in {"label", "description"}}
    return kind(label, description=description, **more)


def _free_name(form: Any, field: Field) -> None:  # noqa: ANN401
    form.existing_username_user = _datastore.find_user(username=field.data)
    if form.existing_username_user is not None:
        raise StopValidation(_("The name %(name)s is taken. Choose another; if it is yours, sign in.", name=field.data))
