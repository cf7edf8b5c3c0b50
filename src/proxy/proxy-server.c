/* Reads a PROXY header from the connection, sets the variables of the client that it names, then becomes the next program. */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "chain.h"
#include "client.h"
#include "deadline.h"
#include "die.h"
#include "header.h"
#include "local_address.h"
#include "peer.h"
#include "proxy_opts.h"
#include "source_list.h"

/* The fields about a TLS session come first. */
enum { TLS_FIELDS = PROXY_UNIQUE_ID };

/* ---- the sender ---- */

static int has_sender(struct source_list const *list, struct address const *sender)
{
  uid_t uid;
  gid_t gid;
  pid_t pid;
  if (address_is_ip(sender)) return source_list_has_address(list, sender);
  return peer_ids(0, &uid, &gid, &pid) == 0 && source_list_has_user(list, uid);
}

static void require_sender(struct opts const *o, struct address const *sender)
{
  char const *from = opts_value(o, "from", 0);
  struct source_list list;
  if (!from) return;
  source_list_parse(&list, from);
  if (!has_sender(&list, sender)) strerr_dief(EXIT_REFUSED, "the sender is not a proxy: --from does not name it");
}

/* AF_UNSPEC where fd 0 is no connection. */
static void find_sender(struct address *sender)
{
  memset(sender, 0, sizeof *sender);
  sender->length = sizeof sender->sa;
  if (getpeername(0, &sender->sa.any, &sender->length) == -1) sender->sa.any.sa_family = AF_UNSPEC;
}

/* ---- the variables ---- */

static void set_sender(struct address const *sender)
{
  char ip[ADDRESS_TEXT_MAX], port[8];
  struct text t = TEXT_IN(ip), digits = TEXT_IN(port);
  int is_ip = sender && address_is_ip(sender);
  if (is_ip) address_put(&t, sender);
  if (is_ip) text_number(&digits, address_port(sender));
  chain_env("TCPPROXYIP", is_ip ? text_end(&t) : 0);
  chain_env("TCPPROXYPORT", is_ip ? text_end(&digits) : 0);
}

static void set_path(char const *name, struct address const *a)
{
  char space[LOCAL_TEXT_MAX];
  struct text path = TEXT_IN(space);
  local_put(&path, a);
  chain_env(name, text_end(&path));
}

/* What a program before us has found out about the sender is not true of the client. */
static void set_client(struct proxy_header const *h)
{
  client_environment("TCP", &h->local, &h->remote);
  client_variable("TCP", "LOCALHOST", 0);
  client_variable("TCP", "REMOTEHOST", 0);
  client_variable("TCP", "REMOTEINFO", 0);
}

static void set_paths(struct proxy_header const *h)
{
  chain_env("PROTO", "IPC");
  set_path("IPCREMOTEPATH", &h->remote);
  set_path("IPCLOCALPATH", &h->local);
}

static void set_addresses(struct proxy_header const *h, struct address const *sender)
{
  set_sender(h->about == PROXY_CLIENT ? sender : 0);
  switch (h->about)
  {
    case PROXY_CLIENT : set_client(h); break;
    case PROXY_PATHS : set_paths(h); break;
    case PROXY_DATAGRAM : strerr_dief(EXIT_TRANSPORT, "the proxy header is about datagrams");
    default : break;
  }
}

static char const *kept_name(char *space, size_t size, unsigned int field)
{
  struct text t = { .s = space, .length = 0, .max = size, .cut = 0 };
  text_string(&t, "tlsbak_");
  text_string(&t, proxy_field_names[field]);
  return text_end(&t);
}

static void set_field(struct proxy_header const *h, unsigned int field, int keep)
{
  char value[PROXY_VALUE_LONGEST + 1], space[64];
  struct proxy_value const *v = &h->fields[field];
  int is_tls = field < TLS_FIELDS;
  char const *name = keep && is_tls ? kept_name(space, sizeof space, field) : proxy_field_names[field];
  if (v->s)
  {
    memcpy(value, v->s, v->length);
    value[v->length] = 0;
  }
  /* Without a word about it, a TLS session that ends here stays what it is. */
  if (v->s || keep || !is_tls) chain_env(name, v->s ? value : 0);
}

static void set_what_was_kept(void)
{
  unsigned int field = 0;
  for (; field < TLS_FIELDS; field++)
  {
    char space[64];
    char const *name = kept_name(space, sizeof space, field);
    char const *value = getenv(name);
    if (value) chain_env(proxy_field_names[field], value);
    chain_env(name, 0);
  }
}

/* ---- */

static void say(struct proxy_header const *h)
{
  char space[2 * ADDRESS_TEXT_MAX];
  struct text t = TEXT_IN(space);
  if (h->about != PROXY_CLIENT)
  {
    strerr_warni("the proxy header names no IP client");
    return;
  }
  address_put(&t, &h->remote);
  text_string(&t, " port ");
  text_number(&t, address_port(&h->remote));
  strerr_warni("client ", text_end(&t));
}

static void read_header(struct opts const *o)
{
  static char bytes[PROXY_LONGEST];
  struct proxy_header h;
  struct address sender;
  int only2 = opts_switch(o, "only-v2", "only-v1", -1);
  unsigned int field = 0, accepted = only2 == -1 ? PROXY_ANY : only2 ? PROXY_V2 : PROXY_V1;
  uint64_t deadline = deadline_after(opts_number(o, "timeout", 0));
  find_sender(&sender);
  require_sender(o, &sender);
  header_read(&h, bytes, 0, accepted | PROXY_FIELDS, deadline);
  set_addresses(&h, &sender);
  for (; field < PROXY_FIELD_COUNT; field++) set_field(&h, field, opts_has(o, "before-tlsd"));
  if (opts_number(o, "verbosity", 1) > 1) say(&h);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  (void)argc;
  argv = opts_parse(&given, &proxy_opts, PROXY_SERVER, argv);
  if (opts_has(&given, "before-tlsd") && opts_has(&given, "after-tlsd")) die_usage("--before-tlsd and --after-tlsd cannot be given together");
  require_program(argv);
  if (opts_has(&given, "after-tlsd")) set_what_was_kept();
  else read_header(&given);
  chain_become(argv);
}
