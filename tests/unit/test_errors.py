"""Where an unexpected error is said to have been raised."""

from collections.abc import Callable

import pytest

from ddns.errors import place


def raises() -> None:
    """Raise an error."""
    raise KeyError("s3cret")


def placed(function: Callable[[], object]) -> str:
    """Return the place of the error that a function raises."""
    with pytest.raises(KeyError) as found:
        function()
    return place(found.value)


def test_the_place_is_function_module_and_line() -> None:
    """They lead to a file; nothing of the text is there."""
    assert placed(raises) == f"raises of {__name__}, line {raises.__code__.co_firstlineno + 2}"


def test_without_a_line_it_is_the_last_frame_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frozen standard library has no lines."""
    monkeypatch.setattr(raises, "__code__", raises.__code__.replace(co_linetable=b""))
    caller = test_without_a_line_it_is_the_last_frame_with_one.__name__
    with pytest.raises(KeyError) as found:
        raises()
    assert place(found.value).startswith(f"{caller} of {__name__}, line ")


def test_an_error_that_nobody_raised_has_no_place() -> None:
    """Nor does it fail."""
    assert place(KeyError()) == "an unknown place"
