/* Whose certificates are believed. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "openssl.h"

static int fail(struct text *why, char const *name, char const *reason)
{
  text_string(why, "unable to use ");
  text_string(why, name);
  text_string(why, ": ");
  text_string(why, reason);
  errno = EINVAL;
  return -1;
}

/* A new file or an entry more makes another mark. */
static void mark(struct tls_context *c, struct stat const *st)
{
  c->trusted = c->trusted * 31 + (uint64_t)st->st_ino * 7 + (uint64_t)st->st_mtime;
}

static int load_file(struct tls_context *c, char const *name, struct text *why)
{
  struct stat st;
  if (stat(name, &st) == -1) return fail(why, name, strerror(errno));
  mark(c, &st);
  if (!X509_STORE_load_file(c->store, name))
  {
    text_string(why, "unable to use ");
    why_library(why, name);
    return -1;
  }
  c->authorities = SSL_load_client_CA_file(name);
  ERR_clear_error();
  return 0;
}

/* The library opens what a chain needs when it needs it. */
static int load_directory(struct tls_context *c, char const *name, struct text *why)
{
  struct stat st;
  if (stat(name, &st) == -1) return fail(why, name, strerror(errno));
  if (!S_ISDIR(st.st_mode)) return fail(why, name, strerror(ENOTDIR));
  mark(c, &st);
  if (X509_STORE_load_path(c->store, name)) return 0;
  return fail(why, name, "the library does not take it");
}

int trust_load(struct tls_context *c, struct text *why)
{
  int r = 0;
  c->store = X509_STORE_new();
  if (!c->store)
  {
    text_string(why, "out of memory");
    return -1;
  }
  if (c->settings.ca_directory) r = load_directory(c, c->settings.ca_directory, why);
  else if (c->settings.ca_file) r = load_file(c, c->settings.ca_file, why);
  else if (!c->settings.is_server) r = X509_STORE_set_default_paths(c->store) ? 0 : fail(why, X509_get_default_cert_dir(), "the library does not take it");
  ERR_clear_error();
  return r;
}

char const *tls_system_authorities(void)
{
  char const *named = getenv(X509_get_default_cert_dir_env());
  return named && named[0] ? named : X509_get_default_cert_dir();
}
