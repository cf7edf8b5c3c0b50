/* The words of the settings: versions, ciphers and groups. The library takes a list of ciphers where it knows only one of
   them, and its message names none: so each is tried alone, and the one that is unknown is named. */

#include <errno.h>
#include <string.h>

#include <openssl/err.h>

#include "openssl.h"

enum { WORD_MAX = 256 };

typedef int take_word(SSL_CTX *, char const *);

/* Returns 0 if the word, which is not ended by a NUL, is known. */
static int try_word(SSL_CTX *ssl, take_word *take, char const *word, size_t length)
{
  char copy[WORD_MAX];
  if (!length || length >= sizeof copy) return -1;
  memcpy(copy, word, length);
  copy[length] = 0;
  return take(ssl, copy) == 1 ? 0 : -1;
}

/* SSL_CTX_set_cipher_list(3): "!", "-" and "+" take ciphers away or move them, "@" is a command. A cipher that is not there
   to be taken away does no harm. */
static int is_known_cipher(SSL_CTX *ssl, char const *word, size_t length)
{
  if (length && strchr("!-+@", word[0])) return 0;
  return try_word(ssl, !strncmp(word, "TLS_", 4) ? &SSL_CTX_set_ciphersuites : &SSL_CTX_set_cipher_list, word, length);
}

static int take_group(SSL_CTX *ssl, char const *name)
{
  return (int)SSL_CTX_set1_groups_list(ssl, name);
}

static int is_known_group(SSL_CTX *ssl, char const *word, size_t length)
{
  return try_word(ssl, &take_group, word, length);
}

/* Every word of the list on its own. Returns -1 with why for the first one that is not known. */
static int check_list(SSL_CTX *ssl, char const *list, int (*is_known)(SSL_CTX *, char const *, size_t), char const *what, struct text *why)
{
  for (;;)
  {
    size_t length = strcspn(list, ":");
    if (is_known(ssl, list, length) == -1)
    {
      text_string(why, "unknown ");
      text_string(why, what);
      text_string(why, ": '");
      text_put(why, list, length < WORD_MAX ? length : WORD_MAX);
      text_string(why, "'");
      return -1;
    }
    if (!list[length]) return 0;
    list += length + 1;
  }
}

/* Names of both versions may stand in one list: those that begin with TLS_ are of TLS 1.3. A version that is not
   named keeps what it has. */
static int set_ciphers(SSL_CTX *ssl, char const *names)
{
  char space[2][1024];
  struct text lists[2] = { TEXT_IN(space[0]), TEXT_IN(space[1]) };
  while (*names)
  {
    size_t length = strcspn(names, ":");
    struct text *list = lists + !strncmp(names, "TLS_", 4);
    if (list->length) text_string(list, ":");
    text_put(list, names, length);
    names += length + (names[length] == ':');
  }
  if (lists[0].cut || lists[1].cut) return 0;
  if (lists[0].length && !SSL_CTX_set_cipher_list(ssl, text_end(&lists[0]))) return 0;
  return !lists[1].length || SSL_CTX_set_ciphersuites(ssl, text_end(&lists[1]));
}

/* The lists are tried on a context of their own, which keeps what it was given last. */
static int check_lists(struct tls_settings const *s, struct text *why)
{
  SSL_CTX *ssl;
  int r = 0;
  if (!s->ciphers && !s->groups) return 0;
  ssl = SSL_CTX_new(TLS_method());
  if (!ssl) return 0;
  if (s->ciphers) r = check_list(ssl, s->ciphers, &is_known_cipher, "cipher in --ciphers", why);
  if (!r && s->groups) r = check_list(ssl, s->groups, &is_known_group, "group in --groups", why);
  SSL_CTX_free(ssl);
  return r;
}

static int name_list(struct text *why, char const *words, char const *list)
{
  text_string(why, words);
  text_string(why, list);
  text_string(why, "'");
  return -1;
}

static int set_all(SSL_CTX *ssl, struct tls_settings const *s, struct text *why)
{
  if (!SSL_CTX_set_min_proto_version(ssl, s->minimum == 13 ? TLS1_3_VERSION : TLS1_2_VERSION))
    return (text_string(why, "unable to set the lowest version"), -1);
  if (check_lists(s, why) == -1) return -1;
  if (s->ciphers && !set_ciphers(ssl, s->ciphers)) return name_list(why, "--ciphers leaves no cipher: '", s->ciphers);
  if (s->groups && !SSL_CTX_set1_groups_list(ssl, s->groups)) return name_list(why, "--groups leaves no group: '", s->groups);
  return 0;
}

int words_set(SSL_CTX *ssl, struct tls_settings const *s, struct text *why)
{
  int r = set_all(ssl, s, why);
  ERR_clear_error();
  if (r == -1) errno = EINVAL;
  return r;
}
