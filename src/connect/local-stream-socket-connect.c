/* Connects to a Unix-domain stream socket, then becomes the next program. */

#include <sys/socket.h>
#include <unistd.h>

#include "chain.h"
#include "client.h"
#include "connect_opts.h"
#include "connect_local.h"
#include "deadline.h"
#include "die.h"
#include "peer.h"
#include "proxy_send.h"

/* Who is at the other end. Numbers are kept as text, because they may be unknown. */
struct peer
{
  char const *pid, *uid, *gid;
  char digits[64];
};

static char const *digits(struct text *t, uint64_t n)
{
  char const *start = t->s + t->length;
  text_number(t, n);
  text_put(t, "", 1);
  return start;
}

static void look_at_peer(struct peer *p, int fd)
{
  p->pid = p->uid = p->gid = 0;
  uid_t uid;
  gid_t gid;
  pid_t pid;
  struct text t = TEXT_IN(p->digits);
  if (peer_ids(fd, &uid, &gid, &pid) == -1) die_system("find out who is listening");
  if (pid) p->pid = digits(&t, (uint64_t)pid);
  p->uid = digits(&t, uid);
  p->gid = digits(&t, gid);
}

static void set_environment(char const *from, char const *path, struct peer const *p)
{
  chain_env("PROTO", "UNIX");
  client_variable("UNIX", "LOCALPATH", from);
  client_variable("UNIX", "LOCALUID", 0);
  client_variable("UNIX", "LOCALGID", 0);
  client_variable("UNIX", "LOCALPID", 0);
  client_variable("UNIX", "REMOTEPATH", path);
  client_variable("UNIX", "REMOTEPID", p->pid);
  client_variable("UNIX", "REMOTEEUID", p->uid);
  client_variable("UNIX", "REMOTEEGID", p->gid);
}

static char const *known(char const *s)
{
  return s ? s : "";
}

static void say_connected(char const *from, char const *path, struct peer const *p)
{
  char space[32];
  struct text pid = TEXT_IN(space);
  text_number(&pid, (uint64_t)getpid());
  strerr_warn(PROG, ": ", text_end(&pid), " ", known(from), " ", path, " ", known(p->pid), " ", known(p->uid), " ",
    known(p->gid));
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct peer peer;
  char const *from;
  int fd;
  (void)argc;

  argv = opts_parse(&given, &connect_opts, CONNECT_LOCAL, argv);
  require_program(argv + 1);
  from = opts_value(&given, "local-path", 0);

  client_begin();
  fd = connect_local_or_die(argv[0], from, deadline_after(opts_number(&given, "timeout", 0)));
  look_at_peer(&peer, fd);
  proxy_send(&given, fd);
  set_environment(from, argv[0], &peer);
  client_descriptors(fd);
  if (opts_has(&given, "verbose")) say_connected(from, argv[0], &peer);
  chain_become(argv + 1);
}
