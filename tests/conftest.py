"""What holds for all tests."""

import signal

# A shell starts background jobs with SIGINT ignored, and programs hand that on. Those we start must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)
