/* tls.h: two ends in one process, joined by buffers: both versions, half-closes, names, borrowed keys, facts. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"
#include "tls.h"

/* ---- a wire in memory ---- */

struct direction
{
  char bytes[131072];
  size_t begin, end;
  int ended;
};

struct ends
{
  struct direction *from, *to;
};

static ssize_t take(void *data, char *s, size_t max)
{
  struct direction *d = ((struct ends *)data)->from;
  size_t length = d->end - d->begin;
  if (!length) return d->ended ? 0 : (errno = EAGAIN, -1);
  if (length > max) length = max;
  memcpy(s, d->bytes + d->begin, length);
  d->begin += length;
  return (ssize_t)length;
}

static ssize_t give(void *data, char const *s, size_t length)
{
  struct direction *d = ((struct ends *)data)->to;
  if (d->begin == d->end) d->begin = d->end = 0;
  if (length > sizeof d->bytes - d->end) length = sizeof d->bytes - d->end;
  if (!length) return (errno = EAGAIN, -1);
  memcpy(d->bytes + d->end, s, length);
  d->end += length;
  return (ssize_t)length;
}

struct talk
{
  struct direction up, down;
  struct ends client_ends, server_ends;
  struct tls *client, *server;
  char words[2][TLS_WHY_MAX];
  struct text why_client, why_server;
};

static struct talk *talk_new(struct tls_context *client, struct tls_context *server)
{
  struct talk *k = calloc(1, sizeof *k);
  struct tls_wire wire = { &take, &give, 0 };
  if (!k) abort();
  k->client_ends = (struct ends){ &k->down, &k->up };
  k->server_ends = (struct ends){ &k->up, &k->down };
  wire.data = &k->client_ends;
  k->client = tls_new(client, &wire);
  wire.data = &k->server_ends;
  k->server = tls_new(server, &wire);
  k->why_client = (struct text){ k->words[0], 0, TLS_WHY_MAX, 0 };
  k->why_server = (struct text){ k->words[1], 0, TLS_WHY_MAX, 0 };
  return k;
}

static void talk_free(struct talk *k)
{
  tls_free(k->client);
  tls_free(k->server);
  free(k);
}

/* Returns true if both have shaken hands. */
static int meet(struct talk *k)
{
  enum tls_step c = TLS_WANT_READ, s = TLS_WANT_READ;
  int turn = 0;
  for (; turn < 20 && (c != TLS_DONE || s != TLS_DONE) && c != TLS_FAILED; turn++)
  {
    if (c != TLS_DONE) c = tls_handshake(k->client, &k->why_client);
    if (s != TLS_DONE && s != TLS_FAILED) s = tls_handshake(k->server, &k->why_server);
  }
  return c == TLS_DONE && s == TLS_DONE;
}

/* ---- pairs ---- */

static char directory[] = "/tmp/tls_test.XXXXXX";

static char const *path(char const *name)
{
  static char space[4][128];
  static int turn = 0;
  char *s = space[turn++ % 4];
  snprintf(s, 128, "%s/%s", directory, name);
  return s;
}

static int make(char const *name, char const *options)
{
  char command[1024];
  snprintf(command, sizeof command, "openssl req -x509 %s -nodes -days 2 -subj '/O=A, b/CN=%s' -addext 'subjectAltName=DNS:%s,IP:192.0.2.1'"
    " -keyout %s/%s.key -out %s/%s.crt 2> /dev/null", options, name, name, directory, name, directory, name);
  return system(command) == 0;
}

static struct tls_pair *pair(char const *certificates, char const *key, char *words)
{
  struct text why = { words, 0, TLS_WHY_MAX, 0 };
  struct tls_pair *p = tls_pair_read(path(certificates), path(key), &why);
  text_end(&why);
  return p;
}

static ssize_t sign(void *data, unsigned int key, enum tls_signing how, unsigned char const *in, size_t length, unsigned char *out, size_t max)
{
  struct tls_pair **pairs = data;
  return tls_pair_sign(pairs[key], how, in, length, out, max);
}

/* ---- tests ---- */

static void test_names(struct tap *t)
{
  static struct { char const *sent, *name; } const rows[] =
  {
    { "www.Example.ORG", "www.example.org" }, { "a.b.", "a.b" }, { "x_1-2", "x_1-2" }, { "", 0 }, { ".", 0 }, { "..", 0 },
    { "../etc", 0 }, { ".a", 0 }, { "a..b", 0 }, { "a b", 0 }, { "a\nb", 0 }, { "a/b", 0 }, { "192.0.2.1", 0 }, { "::1", 0 },
    { "*.a.b", 0 }, { "a\xc3\xa4", 0 }, { "a..", 0 }
  };
  char name[254], longest[300];
  size_t i = 0;
  for (; i < sizeof rows / sizeof *rows; i++)
  {
    int r = tls_server_name(name, rows[i].sent);
    ok_for(t, rows[i].sent, rows[i].name ? r == 0 && !strcmp(name, rows[i].name) : r == -1);
  }
  memset(longest, 'a', sizeof longest);
  longest[254] = 0;
  ok(t, tls_server_name(name, longest) == -1);
  longest[253] = 0;
  ok(t, tls_server_name(name, longest) == 0);
}

static void test_pairs(struct tap *t)
{
  char words[TLS_WHY_MAX];
  struct tls_pair_facts facts;
  struct tls_pair *p = pair("ec.crt", "ec.key", words);
  if (ok(t, p != 0))
  {
    tls_pair_describe(p, &facts);
    is_string(t, facts.subject, "CN=ec,O=A\\, b", "the subject");
    is_string(t, facts.kind, "EC P-256", "the kind of key");
    ok(t, facts.can_be_held && !strncmp(facts.fingerprint, "SHA256:", 7) && strlen(facts.fingerprint) == 71);
    ok(t, facts.ends - facts.begins == 2 * 86400);
    ok(t, tls_pair_covers(p, "ec") && !tls_pair_covers(p, "rsa"));
    tls_pair_free(p);
  }
  ok(t, !pair("ec.crt", "rsa.key", words) && strstr(words, "is not that of the first certificate in"));
  ok(t, !pair("ec.crt", "none.key", words) && strstr(words, "none.key: No such file"));
  ok(t, !pair("ec.key", "ec.key", words) && strstr(words, "there is no PEM certificate in it"));
  ok(t, !pair("ec.crt", "ec.crt", words) && strstr(words, "there is no PEM private key in it"));
  ok(t, !pair("ec.crt", ".", words) && strstr(words, "Is a directory"));
}

static struct tls_context *server_with(struct tls_settings const *s, char const *name, struct tls_pair *p)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct tls_context *c = tls_context_new(s, &why);
  if (c && p) tls_context_pair(c, name, p, &why);
  return c;
}

static struct tls_context *client_of(unsigned int minimum, char const *ca)
{
  struct tls_settings s = TLS_SETTINGS_NONE;
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct tls_context *c;
  s.minimum = minimum;
  s.ca_file = ca;
  s.verify = ca != 0;
  s.ciphers = minimum == 13 ? 0 : "ECDHE+AESGCM";
  c = tls_context_new(&s, &why);
  if (c && ca) tls_context_trust(c, &why);
  return c;
}

static void say_and_close(struct tap *t, struct talk *k)
{
  char s[64];
  size_t n;
  ok(t, tls_write(k->client, "hello", 5, &n, &k->why_client) == TLS_DONE && n == 5);
  ok(t, tls_read(k->server, s, sizeof s, &n, &k->why_server) == TLS_DONE && n == 5 && !memcmp(s, "hello", 5));
  ok(t, tls_read(k->server, s, sizeof s, &n, &k->why_server) == TLS_WANT_READ);
  ok(t, tls_close(k->client, &k->why_client) == TLS_DONE);
  ok(t, tls_read(k->server, s, sizeof s, &n, &k->why_server) == TLS_NOTIFIED);
  ok(t, tls_write(k->server, "answer", 6, &n, &k->why_server) == TLS_DONE && n == 6);
  ok(t, tls_read(k->client, s, sizeof s, &n, &k->why_client) == TLS_DONE && n == 6 && !memcmp(s, "answer", 6));
  k->down.ended = 1;
  ok(t, tls_read(k->client, s, sizeof s, &n, &k->why_client) == TLS_END);
  ok(t, tls_close(k->server, &k->why_server) == TLS_DONE);
}

static void end_without_notice(struct tap *t, struct talk *k)
{
  char s[64];
  size_t n;
  k->up.ended = 1;
  ok(t, tls_read(k->server, s, sizeof s, &n, &k->why_server) == TLS_END);
  ok(t, tls_write(k->server, "answer", 6, &n, &k->why_server) == TLS_DONE);
  ok(t, tls_read(k->client, s, sizeof s, &n, &k->why_client) == TLS_DONE && n == 6);
}

struct wanted
{
  char const *name;
  char value[256];
};

static void look(void *data, char const *name, char const *value)
{
  struct wanted *w = data;
  if (!strcmp(w->name, name)) snprintf(w->value, sizeof w->value, "%s", value ? value : "(unset)");
}

static char const *fact(struct tls const *tls, char const *name)
{
  static struct wanted w;
  w.name = name;
  strcpy(w.value, "(not told)");
  tls_facts(tls, &look, &w);
  return w.value;
}

static void test_talk(struct tap *t, struct tls_pair *p, char const *name, unsigned int minimum)
{
  struct tls_settings s = TLS_SETTINGS_NONE;
  struct tls_context *server, *client = client_of(minimum, path(strcmp(name, "ec") ? "rsa.crt" : "ec.crt"));
  struct talk *k;
  s.is_server = 1;
  server = server_with(&s, 0, p);
  tls_context_warm(server);
  for (int round = 0; round < 2; round++)
  {
    k = talk_new(client, server);
    ok(t, tls_expect(k->client, round ? "192.0.2.1" : name) == 0);
    ok_for(t, k->words[0], meet(k));
    if (round) end_without_notice(t, k);
    else
    {
      is_string(t, fact(k->server, "SSL_TLS_SNI_SERVERNAME"), name, "the server's name");
      is_string(t, fact(k->server, "SSL_CLIENT_VERIFY"), "NONE", "no certificate is none");
      is_string(t, fact(k->server, "SSL_PEER_CERT_HASH"), "(unset)", "and has no hash");
      ok(t, strstr(fact(k->client, "SSL_PEER_CERT_SUBJECT"), ",O=A\\, b") != 0);
      ok(t, strstr(fact(k->client, "SSL_PEER_CERT_SAN"), ",IP:192.0.2.1") != 0);
      say_and_close(t, k);
    }
    talk_free(k);
  }
  k = talk_new(client, server);
  tls_expect(k->client, "other");
  ok(t, !meet(k));
  text_end(&k->why_client);
  ok_for(t, k->words[0], strstr(k->words[0], "hostname mismatch") || strstr(k->words[0], "Hostname mismatch"));
  talk_free(k);
  tls_context_free(client);
  tls_context_free(server);
}

static void test_borrowed(struct tap *t, struct tls_pair *own, char const *name)
{
  struct tls_pair *pairs[1];
  struct tls_signer signer = { &sign, 0 };
  char words[TLS_WHY_MAX], pem[16384];
  struct text why = TEXT_IN(words);
  ssize_t length = tls_pair_pem(own, pem, sizeof pem);
  struct tls_pair *borrowed;
  pairs[0] = own;
  signer.data = pairs;
  ok(t, tls_pair_pem(own, pem, 10) == -1 && errno == ENOSPC);
  borrowed = tls_pair_borrow(pem, (size_t)length, &signer, 0, &why);
  text_end(&why);
  if (!ok_for(t, words, borrowed != 0)) return;
  test_talk(t, borrowed, name, 12);
  test_talk(t, borrowed, name, 13);
  tls_pair_free(borrowed);
}

static void test_signing(struct tap *t, struct tls_pair *rsa, struct tls_pair *ec)
{
  unsigned char in[TLS_SIGNATURE_MAX], out[TLS_SIGNATURE_MAX];
  memset(in, 1, sizeof in);
  ok(t, tls_pair_sign(rsa, TLS_SIGN_BLOCK, in, 256, out, sizeof out) == -1 && errno == EINVAL);
  in[0] = 0;
  in[255] = 0xbc;
  ok(t, tls_pair_sign(rsa, TLS_SIGN_BLOCK, in, 256, out, sizeof out) == 256);
  ok(t, tls_pair_sign(rsa, TLS_SIGN_BLOCK, in, 255, out, sizeof out) == -1);
  ok(t, tls_pair_sign(rsa, TLS_SIGN_PKCS1, in, 51, out, sizeof out) == 256);
  ok(t, tls_pair_sign(rsa, TLS_SIGN_PKCS1, in, 51, out, 255) == -1);
  ok(t, tls_pair_sign(rsa, TLS_SIGN_PKCS1, in, 250, out, sizeof out) == -1);
  ok(t, tls_pair_sign(rsa, TLS_SIGN_ECDSA, in, 32, out, sizeof out) == -1);
  ok(t, tls_pair_sign(ec, TLS_SIGN_ECDSA, in, 32, out, sizeof out) > 60);
  ok(t, tls_pair_sign(ec, TLS_SIGN_ECDSA, in, 65, out, sizeof out) == -1);
  ok(t, tls_pair_sign(ec, TLS_SIGN_PKCS1, in, 32, out, sizeof out) == -1);
  ok(t, tls_pair_sign(ec, (enum tls_signing)9, in, 32, out, sizeof out) == -1);
  ok(t, tls_pair_sign(ec, TLS_SIGN_ECDSA, in, 0, out, sizeof out) == -1);
}

/* Whose hash the server uses for a name. */
static void asks(struct tap *t, struct tls_context *server, struct tls_context *client, char const *name, struct tls_pair *wanted)
{
  struct tls_pair_facts facts;
  struct talk *k = talk_new(client, server);
  int met;
  if (name) tls_expect(k->client, name);
  met = meet(k);
  text_end(&k->why_client);
  if (!wanted) ok_for(t, name ? name : "no name", !met && strstr(k->words[0], "unrecognized name"));
  else
  {
    tls_pair_describe(wanted, &facts);
    is_string(t, fact(k->server, "SSL_SERVER_CERT_HASH"), facts.fingerprint, name ? name : "no name");
  }
  talk_free(k);
}

static void test_sni(struct tap *t, struct tls_pair *rsa, struct tls_pair *ec, struct tls_pair *third)
{
  struct tls_settings s = TLS_SETTINGS_NONE;
  struct tls_context *client = client_of(12, 0), *server;
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  s.is_server = 1;
  for (s.sni_level = 0; s.sni_level < 3; s.sni_level++)
  {
    server = server_with(&s, 0, rsa);
    ok(t, tls_context_pair(server, "*.example.org", ec, &why) == 0);
    ok(t, tls_context_pair(server, "Www.example.org", third, &why) == 0);
    ok(t, tls_context_pair(server, "*.org", ec, &why) == 0);
    asks(t, server, client, "WWW.example.org", s.sni_level ? third : rsa);
    asks(t, server, client, "x.example.org", s.sni_level ? ec : rsa);
    asks(t, server, client, "x.y.example.org", s.sni_level ? s.sni_level == 2 ? 0 : rsa : rsa);
    asks(t, server, client, "example.org", s.sni_level == 2 ? 0 : rsa);
    asks(t, server, client, "other.net", s.sni_level == 2 ? 0 : rsa);
    asks(t, server, client, 0, s.sni_level == 2 ? 0 : rsa);
    tls_context_free(server);
  }
  tls_context_free(client);
}

static void test_settings(struct tap *t)
{
  struct tls_settings s = TLS_SETTINGS_NONE;
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct tls_tickets *tickets = tls_tickets_new();
  unsigned char keys[9 * 80] = { 0 };
  ok(t, tls_tickets_load(tickets, keys, 80) == 0 && tls_tickets_load(tickets, keys, 48) == 0 && tls_tickets_load(tickets, keys, 640) == 0);
  ok(t, tls_tickets_load(tickets, keys, 0) == -1 && tls_tickets_load(tickets, keys, 79) == -1 && tls_tickets_load(tickets, keys, 720) == -1);
  tls_tickets_free(tickets);
  s.alpn = "h2,,http/1.1";
  errno = 0;
  ok(t, !tls_context_new(&s, &why) && errno == EINVAL);
  s.alpn = 0;
  s.ciphers = "nonesuch";
  ok(t, !tls_context_new(&s, &why) && errno == EINVAL);
  s.ciphers = "TLS_AES_128_GCM_SHA256:ECDHE+AESGCM";
  s.groups = "nonesuch";
  ok(t, !tls_context_new(&s, &why) && errno == EINVAL);
}

int main(void)
{
  struct tap t = { 0, 0 };
  char words[TLS_WHY_MAX], command[64];
  struct tls_pair *ec, *rsa, *other;
  if (!mkdtemp(directory)) return 111;
  if (!make("ec", "-newkey ec -pkeyopt ec_paramgen_curve:P-256") || !make("rsa", "-newkey rsa:2048") || !make("other", "-newkey ec -pkeyopt ec_paramgen_curve:P-256"))
  {
    rmdir(directory);
    puts("1..0 # SKIP openssl is not installed");
    return 0;
  }
  test_names(&t);
  test_pairs(&t);
  ec = pair("ec.crt", "ec.key", words);
  rsa = pair("rsa.crt", "rsa.key", words);
  other = pair("other.crt", "other.key", words);
  test_talk(&t, ec, "ec", 12);
  test_talk(&t, ec, "ec", 13);
  test_talk(&t, rsa, "rsa", 13);
  test_borrowed(&t, ec, "ec");
  test_borrowed(&t, rsa, "rsa");
  test_signing(&t, rsa, ec);
  test_sni(&t, rsa, ec, other);
  test_settings(&t);
  tls_pair_free(ec);
  tls_pair_free(rsa);
  tls_pair_free(other);
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) ? 111 : tap_done(&t);
}
