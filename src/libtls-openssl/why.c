/* Causes in words: what the library knows about a failure, in one line. */

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "openssl.h"

/* The first error is the cause, those after it are its consequences. But what the TLS layer found wrong counts before
   what it met on its way, such as a file that was not there. */
static unsigned long first_error(void)
{
  unsigned long e, first = ERR_get_error();
  e = first;
  while (e && ERR_GET_LIB(e) != ERR_LIB_SSL) e = ERR_get_error();
  ERR_clear_error();
  return e ? e : first;
}

static void put_error(struct text *why, unsigned long e)
{
  char const *reason = ERR_reason_error_string(e);
  if (ERR_SYSTEM_ERROR(e)) reason = strerror(ERR_GET_REASON(e));
  text_string(why, reason ? reason : "unknown reason");
}

void why_library(struct text *why, char const *what)
{
  text_string(why, what);
  text_string(why, ": ");
  put_error(why, first_error());
}

static void put_alert(struct text *why, char const *whose, int alert)
{
  text_string(why, whose);
  text_string(why, SSL_alert_desc_string_long(alert));
}

/* The library's words for the commonest mistakes name its own functions and versions. */
static char const *plain_words(unsigned long e)
{
  if (ERR_GET_LIB(e) != ERR_LIB_SSL) return 0;
  switch (ERR_GET_REASON(e))
  {
    case SSL_R_HTTP_REQUEST : return "the peer speaks plain HTTP";
    case SSL_R_HTTPS_PROXY_REQUEST : return "the peer takes this for an HTTP proxy";
    case SSL_R_WRONG_VERSION_NUMBER : return "the peer does not speak TLS";
    case SSL_R_UNSUPPORTED_PROTOCOL : return "the peer offers no version of TLS that is allowed here";
    case SSL_R_NO_SHARED_CIPHER : return "no cipher in common";
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE : return "the client sent no certificate";
    case SSL_R_CALLBACK_FAILED : return "the client asked for no server name that is served here";
    default : return 0;
  }
}

static void put_cause(struct text *why, struct tls *t, unsigned long e)
{
  long verdict = SSL_get_verify_result(t->ssl);
  char const *words = plain_words(e);
  if (t->alert_received >= 0) put_alert(why, "the peer sent alert ", t->alert_received);
  else if (verdict != X509_V_OK && ERR_GET_REASON(e) == SSL_R_CERTIFICATE_VERIFY_FAILED)
  {
    text_string(why, "certificate not accepted: ");
    text_string(why, X509_verify_cert_error_string(verdict));
  }
  else if (words) text_string(why, words);
  else put_error(why, e);
  if (t->alert_sent >= 0) put_alert(why, ", sent alert ", t->alert_sent);
}

void why_step(struct text *why, struct tls *t, char const *what, int error)
{
  unsigned long e = first_error();
  text_string(why, what);
  text_string(why, " failed: ");
  if (t->wire_errno) text_string(why, strerror(t->wire_errno));
  else if (error == SSL_ERROR_ZERO_RETURN || (error == SSL_ERROR_SYSCALL && !e)) text_string(why, "the peer closed the connection");
  else put_cause(why, t, e);
}
