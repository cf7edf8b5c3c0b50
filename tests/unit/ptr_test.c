/* libdns-cares/ptr.h: the reverse zone's questions, and answers as hostile as bytes can be. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libdns-cares/ptr.h"
#include "tap.h"

#define HEADER(answers) "\x12\x34\x81\x80\0\1\0" answers "\0\0\0\0"
#define QUESTION "\3" "1.2" "\4" "arpa" "\0" "\0\x0c" "\0\1"   /* its own name is of no interest */
#define RECORD(type, size) "\xc0\x0c" "\0" type "\0\1" "\0\0\0\x3c" "\0" size

static int answer(char *text, char const *message, size_t length)
{
  char name[HOSTNAME_MAX];
  int n = ptr_answer(name, (unsigned char const *)message, length);
  if (n > 0) memcpy(text, name, (size_t)n);
  if (n >= 0) text[n] = 0;
  return n;
}

#define ANSWER(text, message) answer((text), (message), sizeof(message) - 1)

static void test_questions(struct tap *t)
{
  char name[PTR_QUESTION_SIZE];
  struct address a;
  address_parse(&a, "192.0.2.107", 0);
  ptr_question(name, &a);
  is_string(t, name, "107.2.0.192.in-addr.arpa", "IPv4 addresses are asked for in in-addr.arpa");
  address_parse(&a, "2001:db8::fe", 0);
  ptr_question(name, &a);
  is_string(t, name, "e.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "IPv6 addresses in ip6.arpa");
}

static void test_good(struct tap *t)
{
  char name[HOSTNAME_MAX + 1];
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\x0d") "\4" "host" "\6" "domain" "\0") == 11);
  is_string(t, name, "host.domain", "a plain name is read");
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\7") "\4" "host" "\xc0\x10") == 9);
  is_string(t, name, "host.arpa", "a compressed name is followed");
  ok(t, ANSWER(name, HEADER("\2") QUESTION RECORD("\5", "\2") "\xc0\x0c" RECORD("\x0c", "\3") "\1" "x" "\0") == 1);
  is_string(t, name, "x", "an alias in front is stepped over");
}

static void test_nothing(struct tap *t)
{
  char name[HOSTNAME_MAX + 1];
  errno = 0;
  ok(t, ANSWER(name, HEADER("\0") QUESTION) == -1 && errno == ENOENT);
  errno = 0;
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\1", "\4") "\1\2\3\4") == -1 && errno == ENOENT);
}

static void test_hostile(struct tap *t)
{
  char name[HOSTNAME_MAX + 1];
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\x0d") "\4" "h\0st" "\6" "domain" "\0") == 11);
  ok(t, !hostname_is_clean(name, 11));
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\6") "\4" "a.bc" "\0") == -1);
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\2") "\xc0\x25") == -1);
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\2") "\xff\xff") == -1);
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\2") "\x40" "a") == -1);
  ok(t, ANSWER(name, HEADER("\1") QUESTION RECORD("\x0c", "\x0d") "\x3f" "short") == -1);
  ok(t, ANSWER(name, "short") == -1);
}

static void test_long(struct tap *t)
{
  char message[512], name[HOSTNAME_MAX + 1];
  size_t length = sizeof(HEADER("\1") QUESTION RECORD("\x0c", "\xff")) - 1, i;
  memcpy(message, HEADER("\1") QUESTION RECORD("\x0c", "\xff"), length);
  for (i = 0; i < 127; i++, length += 2) memcpy(message + length, "\1a", 2);
  message[length++] = 0;
  ok(t, answer(name, message, length) == 253);
  ok(t, hostname_is_clean(name, 253));
  memcpy(message + length - 1, "\1a\0", 3);
  ok(t, answer(name, message, length + 2) == -1);
}

/* Every message cut short or with one byte changed, in memory of its own so that a tool sees a stray read. */
static void test_damaged(struct tap *t)
{
  static char const good[] = HEADER("\2") QUESTION RECORD("\5", "\2") "\xc0\x0c" RECORD("\x0c", "\7") "\4" "host" "\xc0\x10";
  char name[HOSTNAME_MAX + 1];
  size_t length, at, tried = 0;
  int value;
  for (length = 0; length < sizeof good; length++)
  {
    char *copy = malloc(length + 1);
    memcpy(copy, good, length);
    for (at = 0; at < length; at++)
      for (value = 0; value < 256; value += 5, tried++)
      {
        copy[at] = (char)value;
        if (answer(name, copy, length) > HOSTNAME_MAX) tap_ok(t, 0, __FILE__, __LINE__, "too long a name from damage at %u", (unsigned int)at);
        copy[at] = good[at];
      }
    free(copy);
  }
  ok(t, tried > 10000);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_questions(&t);
  test_good(&t);
  test_nothing(&t);
  test_hostile(&t);
  test_long(&t);
  test_damaged(&t);
  return tap_done(&t);
}
