/*
 * The date that certificates are checked for. A board without a clock begins in 1970, when no certificate is valid yet;
 * but it is never earlier than the day this file was made. So each connection is checked for the clock's time or for
 * that day, whichever is later. Nothing else asks here: Python, timers and sessions keep the machine's clock.
 */
#include <openssl/ssl.h>
#include <stdint.h>
#include <time.h>

/* EARLIEST comes from freezer/earliest.py. script/verify finds the date by its mark and writes others into a copy of the
 * file, so it must be read there and not be part of the code. */
static const volatile struct {
    char mark[24];
    int64_t seconds;
} earliest = {"certificates: earliest", EARLIEST};

SSL *__real_SSL_new(SSL_CTX *context);
SSL *__wrap_SSL_new(SSL_CTX *context);

/* Asked anew for each connection: as soon as the clock is set, its time counts. */
SSL *__wrap_SSL_new(SSL_CTX *context)
{
    const time_t date = (time_t)earliest.seconds;
    SSL *connection = __real_SSL_new(context);
    if (connection != NULL && time(NULL) < date)
        X509_VERIFY_PARAM_set_time(SSL_get0_param(connection), date);
    return connection;
}
