/* The TLS of the daemon: see serve_tls.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/sig.h>

#include "chain.h"
#include "clock.h"
#include "deadline.h"
#include "die.h"
#include "fds.h"
#include "io.h"
#include "io_exit.h"
#include "number.h"
#include "outcome.h"
#include "secrets.h"
#include "serve_tls.h"
#include "settings.h"

/* ---- one client, in a process of its own ---- */

static int send_report(int app, enum between_kind kind, char const *bytes, size_t length)
{
  struct between_report head = { .kind = (uint32_t)kind, .length = (uint32_t)length };
  return allwrite(app, (char const *)&head, sizeof head) == sizeof head && allwrite(app, bytes, length) == length ? 0 : -1;
}

static int report_failure(int app, struct text const *why)
{
  send_report(app, BETWEEN_FAILED, why->s, why->length);
  return EXIT_SESSION;
}

/* The last NUL of an outcome is its end, and no variable. */
static int report_outcome(int app, struct tls const *tls)
{
  static struct outcome outcome;
  outcome_of(&outcome, tls);
  return send_report(app, BETWEEN_READY, outcome.bytes, outcome.length - 1);
}

static int run(void *context, struct client const *client, int app)
{
  struct serve_tls *t = context;
  struct io *io = t->io;
  struct relay *r = &io->relay;
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  if (!sig_ignore(SIGPIPE)) return EXIT_SYSTEM;
  io->context = t->context;
  io->remote = &client->remote;
  io_open(io, client->fd, client->fd, app, app);
  if (io_close_up(io, &why) == -1) return report_failure(app, &why);
  if (relay_handshake(r, deadline_after(t->patience)) == -1) return report_failure(app, &r->why);
  fd_close(t->holder.fd);
  if (report_outcome(app, r->tls) == -1) return EXIT_SESSION;
  return io_relay(io);
}

static int accepts(void *context, char const *bytes, size_t length)
{
  static struct outcome outcome;
  (void)context;
  return outcome_take(&outcome, bytes, length);
}

/* ---- at the start ---- */

static void find_holder(struct holder *h)
{
  char const *word = getenv(HOLDER_VARIABLE);
  uint64_t n;
  if (!word) strerr_dief(EXIT_USAGE, "there is no holder of keys: s6-tlskeyholder must run before this program");
  if (number_parse(word, 10, INT32_MAX, &n) == -1 || !fd_is_open((int)n))
    strerr_dief(EXIT_USAGE, "invalid $", HOLDER_VARIABLE, ": it must be an open descriptor");
  h->fd = (int)n;
  if (coe(h->fd) == -1) die_system("keep the socket of the holder to ourselves");
  chain_env(HOLDER_VARIABLE, 0);
}

/* Tickets are shared by all processes of this daemon, and by others if there is a file of keys. */
static void make_tickets(struct serve_tls *t)
{
  if (t->settings.tickets) return;
  t->settings.tickets = tls_tickets_new();
  if (!t->settings.tickets || tls_tickets_rotate(t->settings.tickets) == -1) die_system("make ticket keys");
  t->rotate_at = clock_millis() + SERVE_ROTATE_EVERY;
}

static void require_context(struct serve_tls *t)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  t->context = serve_tls_context(t, &why);
  if (!t->context) strerr_dief(errno == EINVAL ? EXIT_USAGE : EXIT_KEYS, text_end(&why));
}

/* Its buffers are not touched before the fork, and cost nothing. */
static void make_io(struct serve_tls *t, struct opts const *o)
{
  static struct io io;
  t->io = &io;
  io.verbosity = (unsigned int)opts_number(o, "verbosity", 1);
  io.tells_at = 2;  /* whatever a client does after the handshake is its own business */
  io.settings = t->settings;
  io.holder = t->holder;
  io.ids = t->ids;
  io.has_ids = t->has_ids;
  relay_init(&io.relay);
  io.relay.strict = opts_switch(o, "enforce-close-notify", "no-enforce-close-notify", 0);
  io.relay.notify = opts_switch(o, "close-notify", "no-close-notify", 0);
  io_find_places(&io);
}

static void set_between(struct serve_tls *t)
{
  struct between *b = &t->between;
  b->context = t;
  b->limit = t->patience ? t->patience + SERVE_LOOK_EVERY : 0;  /* the process has the first word */
  b->prepare = &serve_tls_prepare;
  b->run = &run;
  b->accepts = &accepts;
  b->save = &serve_tls_save;
  b->resume = &serve_tls_resume;
  b->keep = t->keep;
  t->keep[0] = t->holder.fd;
  t->keep[1] = t->settings.key_log;
  t->keep[2] = -1;
}

void serve_tls_configure(struct serve_tls *t, struct opts const *o)
{
  memset(t, 0, sizeof *t);
  find_holder(&t->holder);
  t->secrets = secrets_copy();
  settings_read(&t->settings, o, 1);
  t->has_ids = settings_ids(&t->ids);
  t->patience = opts_number(o, "handshake-timeout", HANDSHAKE_TIMEOUT);
  make_tickets(t);
  require_context(t);
  t->looked = clock_millis();
  make_io(t, o);
  set_between(t);
  if (!opts_switch(o, "keep", "no-keep", 0)) secrets_forget();
}
