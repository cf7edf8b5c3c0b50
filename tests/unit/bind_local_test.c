/* bind_local: what is replaced and what is not, who may connect from when on, and who wins a race. */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bind_local.h"
#include "local_address.h"
#include "tap.h"

enum { NOBODY = 65534, RACES = 100, RACERS = 4 };

static struct local_settings const usual = { .type = SOCK_STREAM, .backlog = 8, .replace = 1, .uid = (uid_t)-1, .gid = (gid_t)-1 };

static int try_bind(struct local_settings const *s, char const *path)
{
  char const *what;
  return bind_local(s, path, &what);
}

/* Binding must fail with that errno. */
static int fails(struct local_settings const *s, char const *path, int e)
{
  int fd = try_bind(s, path);
  if (fd != -1) close(fd);
  if (fd == -1 && errno != e) printf("# %s: %s\n", path, strerror(errno));
  return fd == -1 && errno == e;
}

static struct local_settings of_type(int type)
{
  struct local_settings s = usual;
  s.type = type;
  if (type == SOCK_DGRAM) s.backlog = 0;
  return s;
}

static ino_t inode(char const *path)
{
  struct stat st;
  return lstat(path, &st) == -1 ? 0 : st.st_ino;
}

static mode_t mode_of(char const *path)
{
  struct stat st;
  return lstat(path, &st) == -1 ? 0 : st.st_mode & 07777;
}

static int connect_errno(char const *path, int type)
{
  struct address a;
  int e, fd = socket(AF_UNIX, type, 0);
  local_parse(&a, path);
  e = connect(fd, &a.sa.any, a.length) == -1 ? errno : 0;
  close(fd);
  return e;
}

/* Files in the current directory. */
static unsigned int files(void)
{
  unsigned int n = 0;
  struct dirent *d;
  DIR *dir = opendir(".");
  while ((d = readdir(dir))) n += strcmp(d->d_name, ".") && strcmp(d->d_name, "..");
  closedir(dir);
  return n;
}

static void put_file(char const *path, char const *content)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(fd, content, strlen(content)) == -1) perror(path);
  close(fd);
}

static char const *bound_name(int fd)
{
  static char s[LOCAL_TEXT_MAX];
  struct text t = TEXT_IN(s);
  struct address a;
  a.length = sizeof a.sa;
  getsockname(fd, &a.sa.any, &a.length);
  local_put(&t, &a);
  return text_end(&t);
}

static void test_plain(struct tap *t)
{
  struct local_settings s = usual;
  int fd = try_bind(&s, "plain");
  ok(t, fd != -1);
  is_string(t, bound_name(fd), "plain", "the socket knows the name it was bound to");
  ok(t, connect_errno("plain", SOCK_STREAM) == 0);
  ok(t, !(fcntl(fd, F_GETFD) & FD_CLOEXEC));
  ok(t, !(fcntl(fd, F_GETFL) & O_NONBLOCK));
  ok(t, files() == 1);
  close(fd);
  s.nonblocking = 1;
  s.backlog = 0;
  fd = try_bind(&s, "plain");
  ok(t, fcntl(fd, F_GETFL) & O_NONBLOCK);
  ok(t, connect_errno("plain", SOCK_STREAM) == ECONNREFUSED);
  close(fd);
  unlink("plain");
}

static void test_mode(struct tap *t)
{
  struct local_settings s = usual;
  mode_t old = umask(027);
  int fd = try_bind(&s, "mode");
  ok(t, mode_of("mode") == 0750);
  close(fd);
  s.has_mode = 1;
  s.mode = 0622;
  fd = try_bind(&s, "mode");
  ok(t, mode_of("mode") == 0622);
  close(fd);
  ok(t, umask(old) == 027);
  unlink("mode");
}

static void test_owner(struct tap *t)
{
  static int const types[] = { SOCK_STREAM, SOCK_DGRAM };
  int i = 0;
  if (geteuid()) return;
  for (; i < 2; i++)
  {
    struct local_settings s = of_type(types[i]);
    struct stat st;
    int fd;
    s.uid = NOBODY;
    s.gid = 12345;
    s.has_mode = 1;
    s.mode = 0660;
    fd = try_bind(&s, "owned");
    ok(t, lstat("owned", &st) == 0 && st.st_uid == NOBODY && st.st_gid == 12345 && (st.st_mode & 07777) == 0660);
    close(fd);
    unlink("owned");
  }
}

static void test_names(struct tap *t)
{
  struct local_settings s = usual;
  char name[110];
  int fd;
  memset(name, 'x', sizeof name);
  name[108] = 0;
  ok(t, fails(&s, name, ENAMETOOLONG));
  name[0] = '@';
  fd = try_bind(&s, name);
  is_string(t, bound_name(fd), name, "an abstract name may have 107 bytes after its @");
  ok(t, fails(&s, name, EADDRINUSE));
  close(fd);
  name[0] = 'x';
  name[107] = 0;
  fd = try_bind(&s, name);
  is_string(t, bound_name(fd), name, "a path may have 107 bytes");
  close(fd);
  unlink(name);
  ok(t, fails(&s, "", EINVAL));
  ok(t, fails(&s, "@", EINVAL));
  ok(t, fails(&s, "absent/name", ENOENT));
  ok(t, fails(&s, "/", EEXIST));
  ok(t, fails(&s, ".", EEXIST));
  ok(t, files() == 0);
}

static void test_other_files(struct tap *t)
{
  struct local_settings s = usual;
  ino_t was;
  put_file("file", "precious");
  mkdir("directory", 0700);
  mkfifo("fifo", 0600);
  if (symlink("nowhere", "dangling") == -1) perror("symlink");
  was = inode("file");
  ok(t, fails(&s, "file", EEXIST));
  ok(t, fails(&s, "file/name", ENOTDIR));
  ok(t, fails(&s, "directory", EEXIST));
  ok(t, fails(&s, "fifo", EEXIST));
  ok(t, fails(&s, "dangling", EEXIST));
  ok(t, inode("file") == was);
  ok(t, files() == 4);
  unlink("file");
  rmdir("directory");
  unlink("fifo");
  unlink("dangling");
}

/* Whatever type the living socket has, and whatever type wants its place. */
static void test_living(struct tap *t)
{
  static int const types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
  int i = 0, j;
  for (; i < 3; i++)
  {
    struct local_settings s = of_type(types[i]);
    int fd = try_bind(&s, "alive");
    ino_t was = inode("alive");
    struct pollfd p = { .fd = fd, .events = POLLIN };
    for (j = 0; j < 3; j++)
    {
      struct local_settings other = of_type(types[j]);
      ok(t, fails(&other, "alive", EADDRINUSE));
    }
    ok(t, inode("alive") == was);
    ok(t, poll(&p, 1, 0) == 0 || !(p.revents & POLLIN));
    close(fd);
    unlink("alive");
  }
}

static void test_not_listening(struct tap *t)
{
  struct local_settings s = usual;
  int fd;
  s.backlog = 0;
  fd = try_bind(&s, "silent");
  ok(t, fails(&usual, "silent", EADDRINUSE));
  close(fd);
  unlink("silent");
}

static void test_stale(struct tap *t)
{
  static int const types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
  int i = 0, j;
  for (; i < 3; i++)
    for (j = 0; j < 3; j++)
    {
      struct local_settings old = of_type(types[i]), s = of_type(types[j]);
      ino_t was;
      int fd;
      close(try_bind(&old, "stale"));
      was = inode("stale");
      s.replace = 0;
      ok(t, fails(&s, "stale", EADDRINUSE));
      ok(t, inode("stale") == was);
      s.replace = 1;
      fd = try_bind(&s, "stale");
      ok(t, fd != -1 && connect_errno("stale", types[j]) == 0);
      ok(t, files() == 1);
      close(fd);
      unlink("stale");
    }
}

/* Runs the check as a user who may not; 2 if this process cannot become another user. */
static int as_nobody(int (*check)(void))
{
  int status;
  pid_t pid;
  if (geteuid()) return 2;
  fflush(stdout);
  pid = fork();
  if (!pid)
  {
    if (setgid(NOBODY) == -1 || setuid(NOBODY) == -1) _exit(2);
    _exit(check());
  }
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int owner_is_refused(void)
{
  struct local_settings s = usual;
  s.uid = 0;
  s.gid = 0;
  return fails(&s, "open/stale", EPERM);
}

static int directory_is_closed(void)
{
  return fails(&usual, "closed/new", EACCES) && fails(&usual, "closed/alive", EADDRINUSE) && fails(&usual, "closed/file", EEXIST);
}

static int sticky_is_kept(void)
{
  return fails(&usual, "sticky/stale", EPERM) && try_bind(&usual, "sticky/own") != -1;
}

/* What failed half-way leaves things as they were. */
static void test_rights(struct tap *t)
{
  int fd, can_try;
  ino_t was[2];
  chmod(".", 0755);
  mkdir("open", 0777);
  chmod("open", 0777);
  mkdir("closed", 0755);
  mkdir("sticky", 01777);
  chmod("sticky", 01777);
  close(try_bind(&usual, "open/stale"));
  chmod("open/stale", 0777);
  close(try_bind(&usual, "sticky/stale"));
  chmod("sticky/stale", 0777);
  fd = try_bind(&usual, "closed/alive");
  chmod("closed/alive", 0777);
  put_file("closed/file", "");
  was[0] = inode("open/stale");
  was[1] = inode("sticky/stale");
  can_try = as_nobody(&owner_is_refused);
  ok(t, can_try == 1 || can_try == 2);
  ok(t, inode("open/stale") == was[0]);
  ok(t, can_try == 2 || as_nobody(&directory_is_closed) == 1);
  ok(t, can_try == 2 || as_nobody(&sticky_is_kept) == 1);
  ok(t, inode("sticky/stale") == was[1]);
  close(fd);
  ok(t, system("test -z \"$(ls -A open sticky closed | grep '^[.]')\" && rm -r open sticky closed") == 0);
}

/* What killed processes left is taken over, what is not ours is not. */
static void test_leftovers(struct tap *t)
{
  int fd;
  put_file(".left.binding", "");
  close(try_bind(&usual, ".left.replaced"));
  close(try_bind(&usual, "left"));
  fd = try_bind(&usual, "left");
  ok(t, fd != -1);
  ok(t, files() == 1);
  close(fd);
  put_file(".left.replaced", "precious");
  ok(t, fails(&usual, "left", EEXIST));
  ok(t, files() == 2);
  unlink(".left.replaced");
  unlink("left");
}

/* One of several that start together: says what happened, then stays until told to go. */
static void racer(struct local_settings const *s, int start, int result, int go)
{
  char c;
  int fd;
  if (read(start, &c, 1) == -1) _exit(1);  /* end of file for all at once */
  fd = try_bind(s, "race");
  c = fd != -1 ? 'w' : errno == EADDRINUSE ? 'l' : '?';
  if (write(result, &c, 1) == -1 || read(go, &c, 1) == -1) _exit(1);
  _exit(0);
}

static int one_won(int result)
{
  unsigned int won = 0, lost = 0, i = 0;
  char c;
  for (; i < RACERS && read(result, &c, 1) == 1; i++)
  {
    won += c == 'w';
    lost += c == 'l';
  }
  if (won != 1) printf("# %u won, %u were told that they lost\n", won, lost);
  return won == 1 && lost == RACERS - 1;
}

/* True if one won, the others were told so, and the winner is the one who answers. */
static int race(struct local_settings const *s)
{
  int start[2], result[2], go[2], i, good;
  pid_t pids[RACERS];
  fflush(stdout);
  if (pipe(start) == -1 || pipe(result) == -1 || pipe(go) == -1) return 0;
  for (i = 0; i < RACERS; i++)
  {
    pids[i] = fork();
    if (pids[i]) continue;
    close(start[1]);
    close(go[1]);
    racer(s, start[0], result[1], go[0]);
  }
  close(start[1]);
  close(result[1]);
  good = one_won(result[0]) && connect_errno("race", s->type) == 0;
  close(go[1]);
  for (i = 0; i < RACERS; i++) waitpid(pids[i], 0, 0);
  close(start[0]);
  close(result[0]);
  close(go[0]);
  return good;
}

static void test_races(struct tap *t, int type)
{
  struct local_settings s = of_type(type);
  int i = 0, good = 0;
  close(try_bind(&s, "race"));
  for (; i < RACES; i++) good += race(&s);
  ok(t, good == RACES);
  ok(t, files() == 1);
  unlink("race");
}

/* A lock file that has something in it is another user's. The answer takes a while: begun early, awaited
   at the end. */
static pid_t begin_busy(void)
{
  pid_t pid;
  put_file(".busy.binding", "precious");
  fflush(stdout);
  pid = fork();
  if (!pid) _exit(fails(&usual, "busy", EBUSY));
  return pid;
}

static void test_busy(struct tap *t, pid_t pid)
{
  int status;
  waitpid(pid, &status, 0);
  ok(t, WIFEXITED(status) && WEXITSTATUS(status) == 1);
  ok(t, files() == 1);
  unlink(".busy.binding");
}

/* Open to some users, and not as it is to be. */
static int is_wrong(struct stat *st)
{
  if (lstat("shy", st) == -1 || !(st->st_mode & 0777)) return 0;
  return (st->st_mode & 0777) != 0620 || st->st_uid != NOBODY;
}

/* lstat reads the owner, then the mode, and both may change in between: what is wrong is so at a second look. */
static int is_really_wrong(void)
{
  struct stat first, second;
  return is_wrong(&first) && is_wrong(&second) && first.st_ino == second.st_ino;
}

/* No one can send to a datagram socket before its owner and mode are right: the file is seen closed, or
   as it is to be, and never otherwise. */
static void test_closed_until_ready(struct tap *t)
{
  struct local_settings s = of_type(SOCK_DGRAM);
  int stop[2], status, i = 0;
  pid_t pid;
  if (geteuid()) return;
  s.has_mode = 1;
  s.mode = 0620;
  s.uid = NOBODY;
  fflush(stdout);
  if (pipe(stop) == -1 || fcntl(stop[0], F_SETFL, O_NONBLOCK) == -1) return;
  pid = fork();
  if (!pid)
  {
    char c;
    while (read(stop[0], &c, 1) == -1)
      if (is_really_wrong()) _exit(1);
    _exit(0);
  }
  for (; i < 1000; i++)
  {
    close(try_bind(&s, "shy"));
    unlink("shy");
  }
  if (write(stop[1], "", 1) == -1) return;
  waitpid(pid, &status, 0);
  ok(t, status == 0);
}

static void test_settings(struct tap *t)
{
  struct local_settings s = usual;
  int fd;
  s.pass_credentials = 1;
  fd = try_bind(&s, "@sallyport-bind-local-test");
#ifdef SO_PASSCRED
  {
    int on = 0;
    socklen_t size = sizeof on;
    ok(t, getsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, &size) == 0 && on);
  }
#else
  ok(t, fd == -1 && errno == ENOPROTOOPT);
#endif
  close(fd);
}

int main(void)
{
  struct tap tap = { 0, 0 };
  char directory[] = "/tmp/sallyport-bind-XXXXXX", other[] = "/tmp/sallyport-bind-XXXXXX";
  pid_t busy;
  umask(022);
  signal(SIGPIPE, SIG_IGN);
  if (!mkdtemp(other) || chdir(other) == -1) return 1;
  busy = begin_busy();
  if (!mkdtemp(directory) || chdir(directory) == -1) return 1;
  test_plain(&tap);
  test_mode(&tap);
  test_owner(&tap);
  test_names(&tap);
  test_other_files(&tap);
  test_living(&tap);
  test_not_listening(&tap);
  test_stale(&tap);
  test_rights(&tap);
  test_leftovers(&tap);
  test_races(&tap, SOCK_STREAM);
  test_races(&tap, SOCK_SEQPACKET);
  test_races(&tap, SOCK_DGRAM);
  test_closed_until_ready(&tap);
  test_settings(&tap);
  ok(&tap, files() == 0);
  ok(&tap, chdir(other) == 0 && rmdir(directory) == 0);
  test_busy(&tap, busy);
  ok(&tap, chdir("/") == 0 && rmdir(other) == 0);
  return tap_done(&tap);
}
