/* The client of the identification protocol: see ident.h. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "deadline.h"
#include "ident.h"
#include "race.h"

static void set_port(struct address *a, uint16_t port)
{
  a->sa.in4.sin_port = htons(port);  /* the same place as sin6_port */
}

static int connect_to_ident(struct address const *local, struct address const *remote, uint64_t deadline)
{
  struct race race = RACE_OF(SOCK_STREAM);
  struct address there = *remote;
  set_port(&there, IDENT_PORT);
  race.local = local;
  race_add(&race, &there);
  return race_run(&race, deadline);
}

/* The socket is new and the question short: it never waits. */
static int send_question(int fd, struct address const *local, struct address const *remote)
{
  char space[32];
  struct text t = TEXT_IN(space);
  text_number(&t, address_port(remote));
  text_string(&t, " , ");
  text_number(&t, address_port(local));
  text_string(&t, "\r\n");
  return send(fd, t.s, t.length, MSG_NOSIGNAL) == (ssize_t)t.length ? 0 : -1;
}

/* Reads to the end of the line, or of the connection. Returns the length, which is less than the maximum. */
static ssize_t read_line(int fd, char line[IDENT_LINE_MAX], uint64_t deadline)
{
  size_t length = 0;
  for (;;)
  {
    ssize_t r;
    char *end;
    if (length == IDENT_LINE_MAX - 1) return (errno = EPROTO, -1);
    if (deadline_poll(fd, POLLIN, deadline) == -1) return -1;
    r = recv(fd, line + length, IDENT_LINE_MAX - 1 - length, 0);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    end = memchr(line + length, '\n', (size_t)r);
    if (end) return end - line;
    length += (size_t)r;
    if (!r) return (ssize_t)length;
  }
}

static char const *skip_blanks(char const *s)
{
  return s + strspn(s, " \t");
}

/* A number and the separator after it. Returns what follows, or 0. */
static char const *expect_port(char const *s, unsigned int wanted, char separator)
{
  unsigned int n = 0;
  s = skip_blanks(s);
  if (*s < '0' || *s > '9') return 0;
  for (; *s >= '0' && *s <= '9' && n <= 65535; s++) n = 10 * n + (unsigned int)(*s - '0');
  s = skip_blanks(s);
  return n == wanted && *s == separator ? s + 1 : 0;
}

static char const *expect_word(char const *s, char const *word)
{
  size_t length = strlen(word);
  s = skip_blanks(s);
  if (strncmp(s, word, length)) return 0;
  s = skip_blanks(s + length);
  return *s == ':' ? s + 1 : 0;
}

static enum ident_outcome malformed(void)
{
  errno = EPROTO;
  return IDENT_FAILED;
}

enum ident_outcome ident_read(struct text *answer, char const *line, unsigned int remote_port, unsigned int local_port)
{
  char const *rest = expect_port(line, remote_port, ',');
  char const *value;
  if (rest) rest = expect_port(rest, local_port, ':');
  if (!rest) return malformed();
  value = expect_word(rest, "ERROR");
  if (value)
  {
    value = skip_blanks(value);
    text_scrubbed(answer, value, strcspn(value, " \t\r"));
    return IDENT_NO;
  }
  value = expect_word(rest, "USERID");
  if (value) value = strchr(value, ':');
  if (!value) return malformed();
  value += value[1] == ' ' ? 2 : 1;
  text_scrubbed(answer, value, strcspn(value, "\r"));
  return IDENT_USER;
}

static enum ident_outcome ask_and_read(struct text *answer, int fd, struct address const *local, struct address const *remote,
  uint64_t deadline)
{
  char line[IDENT_LINE_MAX];
  ssize_t length;
  if (send_question(fd, local, remote) == -1) return IDENT_FAILED;
  length = read_line(fd, line, deadline);
  if (length == -1) return errno == ETIMEDOUT ? IDENT_TIMEOUT : IDENT_FAILED;
  if (!length) return IDENT_NO;
  if (memchr(line, 0, (size_t)length)) return malformed();
  line[length] = 0;
  return ident_read(answer, line, address_port(remote), address_port(local));
}

enum ident_outcome ident_ask(struct text *answer, struct address const *local, struct address const *remote,
  uint64_t deadline)
{
  enum ident_outcome outcome;
  int e;
  int fd = connect_to_ident(local, remote, deadline);
  if (fd == -1) return errno == ETIMEDOUT ? IDENT_TIMEOUT : IDENT_FAILED;
  outcome = ask_and_read(answer, fd, local, remote, deadline);
  e = errno;
  fd_close(fd);
  errno = e;
  return outcome;
}
