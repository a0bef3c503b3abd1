"""Loading a configuration from texts: an environment, options and files that exist nowhere."""

from collections.abc import Mapping

import pytest

from ddns.config import Inputs, Loaded, load
from ddns.errors import ConfigError, ConfigProblem

TOKEN = {"CLOUDFLARE_API_TOKEN": "Token-1._~+/="}


class Files:
    """A ``Reader`` of texts; a bytes value is a file that is no text, an error is raised."""

    def __init__(self, files: Mapping[str, str | bytes | OSError | ValueError] | None = None) -> None:
        """Keep the files by path."""
        self.files = dict(files or {})
        self.read: list[str] = []

    def __call__(self, path: str) -> str:
        """Return the text of a file."""
        self.read.append(path)
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory", path)
        content = self.files[path]
        if isinstance(content, Exception):
            raise content
        return content.decode() if isinstance(content, bytes) else content


def configured(
    env: Mapping[str, str] | None = None,
    files: Mapping[str, str | bytes | OSError | ValueError] | None = None,
    options: tuple[tuple[str, str], ...] = (),
    config_path: str = "",
) -> Loaded:
    """Load a configuration that has a token."""
    return load(Inputs(options, {**TOKEN, **(env or {})}, config_path), Files(files))


def problems_of(
    env: Mapping[str, str] | None = None,
    files: Mapping[str, str | bytes | OSError | ValueError] | None = None,
    options: tuple[tuple[str, str], ...] = (),
    config_path: str = "",
) -> tuple[ConfigProblem, ...]:
    """Return every problem of a bad configuration."""
    with pytest.raises(ConfigError) as caught:
        configured(env, files, options, config_path)
    return caught.value.problems


def first_error(problems: tuple[ConfigProblem, ...]) -> str:
    """Return everything the problems say, a line each."""
    return "\n".join(f"{problem.origin}: {problem.what} / {problem.hint}" for problem in problems)
