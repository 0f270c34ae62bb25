"""Why a step was refused; each message is Chinese and can be shown as it is."""


class Refused(Exception):
    """Base: nothing was written."""


class Forbidden(Refused):
    """Who: this person may not do this here."""


class NotAllowedNow(Refused):
    """When: the state or a rule does not admit it now."""


class StaleForm(Refused):
    """The page is older than the row."""


class BadInput(Refused):
    """A value is missing or wrong; `field` names the form field it belongs to."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
