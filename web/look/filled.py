"""What was typed into a form and what is wrong with it, so that a refused form comes back as it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from allgo_hpc.errors import Refusal
from web.look.languages import said


@dataclass(frozen=True)
class Filled:
    """A form's values by field, and the refusal of them, if any.

    Attributes:
        values: as they were sent, or as they are now.
        refusal: what the domain said.
        names: the domain's field to the form's, where they differ.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    refusal: Refusal | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> object:
        """Return what stands in a field."""
        found = self.values.get(name, "")
        return "" if found is None else found

    def error(self, name: str) -> str:
        """Return what is wrong with a field; empty: nothing."""
        return said(self.refusal) if self.refusal is not None and self._field == name else ""

    def other_error(self, *names: str) -> str:
        """Return what is wrong with none of these fields in particular; empty: nothing."""
        return said(self.refusal) if self.refusal is not None and self._field not in names else ""

    @property
    def _field(self) -> str:
        told = self.refusal.field if self.refusal is not None else ""
        return self.names.get(told, told)
