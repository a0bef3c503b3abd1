"""What holds for all tests."""

import signal

from hypothesis import HealthCheck, settings

# A shell starts background jobs with SIGINT ignored, and programs hand that on. Those we start must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Tests never assert times: a machine that is busy with other things makes no test fail.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
