"""Only urllib3 imports logging, and nothing here listens to it."""

NOTSET, DEBUG, INFO, WARNING, ERROR, CRITICAL = 0, 10, 20, 30, 40, 50


class NullHandler:
    pass


class Logger:
    def debug(self, *args, **kwargs):
        pass

    info = warning = error = exception = critical = log = addHandler = setLevel = debug

    def isEnabledFor(self, level):
        return False


_logger = Logger()


def getLogger(name=None):
    return _logger
