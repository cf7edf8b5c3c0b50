/* The io programs after their options: see io.h. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/sig.h>

#include "address.h"
#include "deadline.h"
#include "die.h"
#include "io.h"
#include "io_exit.h"
#include "number.h"
#include "outcome.h"
#include "places.h"
#include "sandbox.h"

static void use_pair(struct io *io, char const *name, struct tls_pair *p, char const *where)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  if (tls_context_pair(io->context, name, p, &why) == -1) die_key("unable to use ", where, ": ", text_end(&why));
}

/* A key that cannot be held apart is here all the same, unless the program runs elsewhere. */
static struct tls_pair *read_pair(struct keyring_entry const *e)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct tls_pair *p = tls_pair_read(e->certificates, e->key, &why);
  if (!p) die_key(text_end(&why));
  return p;
}

/* The children of the system reap themselves: the holder ends when we do, and no process waits for it. */
static void use_pairs(struct io *io)
{
  size_t i = 0;
  io->holder.fd = -1;
  if (!io->keys.count) return;
  holder_start(&io->holder, &io->keys, HOLDER_ENDS, io->has_ids ? &io->ids : 0);
  holder_require(&io->holder);
  for (; i < io->keys.count; i++)
  {
    char words[TLS_WHY_MAX];
    struct text why = TEXT_IN(words);
    struct keyring_entry *e = io->keys.entries + i;
    char *name;
    struct tls_pair *p = holder_pair(&io->holder, (uint32_t)i, &name, &why);
    free(name);
    if (!p && errno == EOPNOTSUPP) p = read_pair(e);
    if (!p) die_key("unable to use ", e->certificates, ": ", text_end(&why));
    use_pair(io, e->name, p, e->certificates);
  }
}

static void make_context(struct io *io)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  io->context = tls_context_new(&io->settings, &why);
  if (!io->context) strerr_dief(errno == EINVAL ? EXIT_USAGE : EXIT_ENGINE, text_end(&why));
  if ((io->settings.ask != TLS_ASK_NOTHING || io->settings.verify) && tls_context_trust(io->context, &why) == -1) die_key(text_end(&why));
}

void io_prepare(struct io *io)
{
  if (!sig_ignore(SIGPIPE) || !sig_ignore(SIGCHLD)) die_system("ignore signals");
  make_context(io);
  use_pairs(io);
  io_find_places(io);
}

/* Each end closes its own descriptor. */
static int own(int fd, int is_taken)
{
  if (!is_taken) return fd;
  fd = dup(fd);
  if (fd == -1) die_system("duplicate a descriptor");
  return fd;
}

static void open_end(struct nowait *n, int fd, int is_input)
{
  if (nowait_open_polled(n, fd, is_input) == -1) die_system("use a descriptor");
}

/* A connection that was reset has no peer any more. The super-server had an address for it. */
static int peer_of_environment(struct address *a)
{
  char const *ip = getenv("TCPREMOTEIP"), *word = getenv("TCPREMOTEPORT");
  uint64_t port;
  return ip && word && number_parse(word, 10, 65535, &port) == 0 && address_parse(a, ip, (uint16_t)port) == 0;
}

static int find_peer(struct io const *io, struct address *a)
{
  if (io->remote) return (*a = *io->remote, 1);
  a->length = sizeof a->sa;
  if (getpeername(io->relay.net_in.fd, &a->sa.any, &a->length) == 0) return 1;
  return errno == ENOTCONN && peer_of_environment(a);
}

/* "192.0.2.1 port 1234: ", or nothing where the wire is no internet socket. */
static void put_peer(struct io *io)
{
  struct text *text = &io->peer;
  struct address a;
  text->s = io->peer_words;
  text->max = sizeof io->peer_words;
  text->length = 0;
  if (!find_peer(io, &a) || !address_is_ip(&a)) return;
  address_put(text, &a);
  text_string(text, " port ");
  text_number(text, address_port(&a));
  text_string(text, ": ");
}

/* The relay collects what there is to send: small pieces need not wait for more. A wire that is no TCP socket has no such
   delay. */
static void send_at_once(int fd)
{
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void io_open(struct io *io, int net_in, int net_out, int app_in, int app_out)
{
  struct relay *r = &io->relay;
  struct tls_wire wire;
  open_end(&r->net_in, net_in, 1);
  open_end(&r->net_out, own(net_out, net_out == net_in), 0);
  open_end(&r->app_in, app_in, 1);
  open_end(&r->app_out, own(app_out, app_out == app_in), 0);
  put_peer(io);
  send_at_once(net_out);
  relay_wire(r, &wire);
  r->tls = tls_new(io->context, &wire);
  if (!r->tls) die_system("allocate memory");
  if (io->server_name && tls_expect(r->tls, io->server_name) == -1)
    die_usage("the server's name must be a host name or an address, not '", io->server_name, "'");
}

/* A directory of authorities is read while a chain is verified. */
static int reads_authorities(struct io const *io)
{
  struct tls_settings const *s = &io->settings;
  return (s->ask != TLS_ASK_NOTHING || s->verify) && (s->ca_directory || !s->ca_file);
}

void io_find_places(struct io *io)
{
  struct places p = { io->readable, 0, IO_READABLE };
  char const *directory = io->settings.ca_directory;
  if (reads_authorities(io)) places_of_authorities(&p, directory ? directory : tls_system_authorities());
  io->readable[p.count] = 0;
  tzset();  /* the C library reads its file of the time zone now, and then no more */
}

static int give_up(struct io *io, struct text *why)
{
  struct sandbox sandbox = { 0, io->readable };
  if (io->holder.fd != -1) sandbox.calls |= SANDBOX_ASK;
  if (reads_authorities(io)) sandbox.calls |= SANDBOX_FILES;
  return sandbox_enter(&sandbox, why);
}

int io_close_up(struct io *io, struct text *why)
{
  if (io->has_ids) identity_apply(&io->ids);
  return give_up(io, why);
}

void io_require_closed(struct io *io)
{
  char words[TLS_WHY_MAX];
  struct text why = TEXT_IN(words);
  if (io_close_up(io, &why) == -1) strerr_dief(EXIT_SYSTEM, text_end(&why));
}

static int failed(struct io const *io)
{
  char words[TLS_WHY_MAX];
  struct text line = TEXT_IN(words);
  text_put(&line, io->peer.s, io->peer.length);
  text_scrubbed(&line, io->relay.why.s, io->relay.why.length);
  if (io->verbosity >= io->tells_at) strerr_warn(PROG, io->tells_at ? ": info: " : ": fatal: ", text_end(&line));
  return EXIT_SESSION;
}

static void report_session(struct io const *io)
{
  char words[TLS_WHY_MAX];
  struct text line = TEXT_IN(words);
  text_put(&line, io->peer.s, io->peer.length);
  text_string(&line, tls_closes_by_half(io->relay.tls) ? "TLS 1.3 session begins" : "TLS 1.2 session begins");
  strerr_warni(text_end(&line));
}

/* A reader of the outcome that is gone is no reason to end: the program may not want it. */
static void report_outcome(struct io *io)
{
  static struct outcome outcome;
  if (io->notification == -1) return;
  outcome_of(&outcome, io->relay.tls);
  if (outcome_send(&outcome, io->notification) == -1 && io->verbosity) strerr_warnwusys("report the handshake");
  fd_close(io->notification);
}

int io_relay(struct io *io)
{
  return relay_run(&io->relay) == -1 ? failed(io) : 0;
}

int io_run(struct io *io)
{
  if (relay_handshake(&io->relay, deadline_after(io->patience)) == -1) return failed(io);
  if (io->holder.fd != -1) fd_close(io->holder.fd);  /* nothing is signed after this: it ends */
  if (io->verbosity > 1) report_session(io);
  report_outcome(io);
  return io_relay(io);
}
