"""The one exception for input that a user can correct."""


class InputError(ValueError):
    """Bad input: a file, a field, an option. The message is one line that says what was found and expected.

    The command line prints it and exits with code 2; the dashboard shows it in an error box.
    """
