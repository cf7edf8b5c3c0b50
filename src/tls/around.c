/* The chain programs' common part: see around.h. */

#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "around.h"
#include "chain.h"
#include "client.h"
#include "config.h"
#include "die.h"
#include "fds.h"
#include "secrets.h"
#include "tls_opts.h"

static void require_open(int fd)
{
  if (!fd_is_open(fd)) die_system("use the connection");
}

void around_configure(struct around *a, struct opts const *o, int is_server)
{
  a->given = o;
  a->is_server = is_server;
  a->io_stage = is_server ? TLS_SERVER_IO : TLS_CLIENT_IO;
  a->io_program = is_server ? SALLYPORT_BINPREFIX "s6-tlsd-io" : SALLYPORT_BINPREFIX "s6-tlsc-io";
  a->net_in = is_server ? 0 : (int)opts_number(o, "read-fd", CLIENT_READ);
  a->net_out = is_server ? 1 : (int)opts_number(o, "write-fd", CLIENT_WRITE);
  if (a->net_in == a->net_out) die_usage("the descriptors to read from and to write to must be different");
  if (fds_ensure_standard() == -1) die_system("open /dev/null");
  require_open(a->net_in);
  require_open(a->net_out);
}

static void number_word(struct chain *c, char *word, int fd)
{
  word[int_fmt(word, fd)] = 0;
  chain_word(c, word);
}

/* The client's io program has the clear text on 0 and 1, the server's has the connection there. */
void around_become_io(struct around const *a, int app, int notification)
{
  char words[3][INT_FMT];
  struct chain chain = CHAIN_EMPTY;
  chain_word(&chain, a->io_program);
  opts_forward(a->given, a->io_stage, &chain);
  if (notification != -1)
  {
    chain_word(&chain, "-d");
    number_word(&chain, words[0], notification);
  }
  chain_word(&chain, "--");
  number_word(&chain, words[1], a->is_server ? app : a->net_in);
  number_word(&chain, words[2], a->is_server ? app : a->net_out);
  if (!a->is_server && (fd_copy(0, app) == -1 || fd_copy(1, app) == -1)) die_system("arrange descriptors");
  if (!a->is_server) fd_close(app);
  chain_exec(&chain);
}

void around_forget(struct around const *a)
{
  if (!opts_switch(a->given, "keep", "no-keep", 0)) secrets_forget();
}
