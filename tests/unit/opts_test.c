/* opts.h: what is parsed, forwarded and parsed again is the same, for every option of a family table. */

#include <stdlib.h>

#include "chain.h"
#include "opts.h"
#include "tap.h"

enum { WRAPPER = 1, BINDER = 2, DAEMON = 4 };

static struct program const programs[] =
{
  { WRAPPER, "wrapper", "path prog...", 1, "Test." },
  { BINDER, "binder", "prog...", 0, "Test." },
  { DAEMON, "daemon", "prog...", 0, "Test." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'q', "quiet", 0, 0, WRAPPER, DAEMON, "-v0", "" },
  { 'v', "verbose", 0, 0, WRAPPER, DAEMON, "-v2", "" },
  { 'v', "verbosity", "N", &kind_verbosity, DAEMON, DAEMON, 0, "" },
  { 'b', "backlog", "N", &kind_backlog, WRAPPER | BINDER, BINDER, 0, "" },
  { 'a', "mode", "MODE", &kind_mode, WRAPPER | BINDER, BINDER, 0, "" },
  { 'M', "socket-mode", "MODE", &kind_socket_mode, WRAPPER | BINDER, BINDER, 0, "" },
  { 'y', "yes", 0, 0, WRAPPER | BINDER, BINDER, 0, "" },
  { 'n', "no", 0, 0, WRAPPER | BINDER, BINDER, 0, "" },
  { 0, "long-only", "TEXT", &kind_text, WRAPPER | BINDER, BINDER, 0, "" },
  { 'z', "silent", 0, 0, WRAPPER, DAEMON, "", "" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

static struct opts_family const family = { programs, table };

static void test_parse(struct tap *t)
{
  static char const *const argv[] = { "wrapper", "-qb", "7", "--mode=640", "--long-only", "x=y", "-y", "-n", "--backlog=9", "path", "-q", "--x", 0 };
  struct opts o;
  char const *const *rest = opts_parse(&o, &family, WRAPPER, argv);
  ok(t, rest == argv + 9);
  ok(t, opts_has(&o, "quiet") && !opts_has(&o, "verbose"));
  ok(t, opts_number(&o, "backlog", 5) == 9);
  ok(t, opts_octal(&o, "mode", 0) == 0640);
  is_string(t, opts_value(&o, "long-only", ""), "x=y", "a value in the next word");
  ok(t, opts_switch(&o, "yes", "no", 1) == 0 && opts_switch(&o, "quiet", "verbose", 0) == 1);
  ok(t, opts_for_stage(&o, BINDER) && opts_for_stage(&o, DAEMON));
}

static void test_absent(struct tap *t)
{
  static char const *const argv[] = { "wrapper", "--", "-q", 0 };
  struct opts o;
  char const *const *rest = opts_parse(&o, &family, WRAPPER, argv);
  ok(t, rest == argv + 2);
  ok(t, opts_number(&o, "backlog", 5) == 5 && opts_octal(&o, "mode", 0600) == 0600);
  ok(t, !opts_value(&o, "long-only", 0) && opts_switch(&o, "yes", "no", 1) == 1 && !opts_for_stage(&o, BINDER));
}

static void forward(struct chain *c, struct opts *o, char const *const *argv, unsigned int stage, char const *name)
{
  opts_parse(o, &family, WRAPPER, argv);
  chain_word(c, name);
  opts_forward(o, stage, c);
}

static void test_forward(struct tap *t)
{
  static char const *const argv[] = { "wrapper", "-v", "-b7", "--long-only=--strange", "-z", "-n", "-y", "--mode", "0600", "path", 0 };
  static char const *const wanted[] = { "binder", "-b", "7", "--long-only", "--strange", "-n", "-y", "-a", "0600", 0 };
  struct chain c = CHAIN_EMPTY;
  struct opts o;
  unsigned int i = 0;
  forward(&c, &o, argv, BINDER, "binder");
  for (; wanted[i] && i < c.count; i++) is_string(t, c.words[i], wanted[i], "forwarded in order, as given");
  ok(t, c.count == i && !wanted[i]);
  opts_parse(&o, &family, BINDER, c.words);
  ok(t, opts_number(&o, "backlog", 0) == 7 && opts_octal(&o, "mode", 0) == 0600 && opts_switch(&o, "yes", "no", 0) == 1);
  is_string(t, opts_value(&o, "long-only", ""), "--strange", "a value that looks like an option survives");
  free(c.words);
}

static void test_translated(struct tap *t)
{
  static char const *const argv[] = { "wrapper", "-q", "-z", "-v", "path", 0 };
  struct chain c = CHAIN_EMPTY;
  struct opts o;
  forward(&c, &o, argv, DAEMON, "daemon");
  ok(t, c.count == 3);
  opts_parse(&o, &family, DAEMON, c.words);
  ok(t, opts_number(&o, "verbosity", 1) == 2);
  free(c.words);
}

/* What people write for "no limit" counts as the most there can be; bits that no socket has are left out. */
static void test_clamped(struct tap *t)
{
  static char const *const numbers[] = { "4294967295", "2147483648", "99999999999999999999999", "-1", 0 };
  unsigned int i = 0;
  for (; numbers[i]; i++)
  {
    char const *const argv[] = { "binder", "-b", numbers[i], "-M", "1777", 0 };
    struct opts o;
    opts_parse(&o, &family, BINDER, argv);
    ok_for(t, numbers[i], opts_number(&o, "backlog", 0) == 2147483647 && opts_octal(&o, "socket-mode", 0) == 0777);
  }
}

static void test_kinds(struct tap *t)
{
  ok(t, kind_count.accepts("0") && kind_count.accepts("4294967295") && !kind_count.accepts("-1") && !kind_count.accepts("01") && !kind_count.accepts(""));
  ok(t, kind_backlog.accepts("2147483648") && kind_backlog.accepts("-1") && !kind_backlog.accepts("-2") && !kind_waiting.accepts("0"));
  ok(t, kind_port.accepts("65535") && !kind_port.accepts("65536") && !kind_port.accepts("http"));
  ok(t, kind_prefix4.accepts("32") && !kind_prefix4.accepts("33"));
  ok(t, kind_prefix6.accepts("128") && !kind_prefix6.accepts("129"));
  ok(t, kind_mode.accepts("0777") && kind_mode.accepts("0") && !kind_mode.accepts("1000") && !kind_mode.accepts("9") && kind_socket_mode.accepts("1777") && !kind_socket_mode.accepts("10000"));
  ok(t, kind_id.accepts("4294967294") && !kind_id.accepts("4294967295") && !kind_id.accepts("root"));
  ok(t, kind_ids.accepts("") && kind_ids.accepts("1,2") && !kind_ids.accepts("1,") && !kind_ids.accepts("1,abc"));
  ok(t, kind_text.accepts("x") && !kind_text.accepts(""));
  ok(t, kind_interface.accepts("eth0") && !kind_interface.accepts("") && !kind_interface.accepts("a/b") && !kind_interface.accepts("sixteencharacter"));
  ok(t, kind_verbosity.accepts("9") && kind_verbosity.accepts("10") && !kind_verbosity.accepts("x"));
  ok(t, kind_seconds.accepts("1000001") && !kind_seconds.accepts("1.5"));
  ok(t, kind_millis.accepts("1000000001") && !kind_millis.accepts("-1"));
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_parse(&t);
  test_absent(&t);
  test_forward(&t);
  test_translated(&t);
  test_clamped(&t);
  test_kinds(&t);
  return tap_done(&t);
}
