"""The head of an HTTP answer, as http.client hands it on; anything out of the ordinary is left to ``email``."""


class Message:
    """What http.client and urllib3 use of email.message.Message."""

    def __init__(self):
        self._headers = []
        self._payload = ""
        self.defects = []

    def items(self):
        return list(self._headers)

    def keys(self):
        return [name for name, _ in self._headers]

    def values(self):
        return [value for _, value in self._headers]

    def get_all(self, name, failobj=None):
        return [value for key, value in self._headers if key.lower() == name.lower()] or failobj

    def get(self, name, failobj=None):
        return self.get_all(name, [failobj])[0]

    def get_payload(self):
        return self._payload

    def is_multipart(self):
        return isinstance(self._payload, list)

    def __contains__(self, name):
        return self.get_all(name) is not None

    def __getitem__(self, name):
        return self.get(name)

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self._headers)


def parse(text, kind):
    """Return a message of a kind of Message."""
    message = kind()
    lines = text.replace("\r\n", "\n").split("\n")
    ordinary = lines[-2:] == ["", ""] and "\r" not in "".join(lines)
    for line in lines[:-2]:
        name, colon, value = line.partition(":")
        ordinary = ordinary and colon and name.isascii() and name.isprintable() and name and " " not in name
        message._headers.append((name, value.lstrip(" \t")))
    return message if ordinary and len(text.splitlines()) == len(lines) - 1 else _odd(text, kind())


def _odd(text, message):
    """Return what email makes of it: folded lines, lines that are no headers, and defects."""
    import email.parser

    found = email.parser.Parser().parsestr(text)
    message._headers, message._payload, message.defects = found._headers, found._payload, found.defects
    return message
