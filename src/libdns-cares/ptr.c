/* Questions and answers of the reverse zones, in the format of RFC 1035, section 4: see ptr.h. Read here
   byte by byte, because a library that hands over a C string has already lost a NUL in a label. */

#include <errno.h>
#include <string.h>

#include "ptr.h"

enum { TYPE_PTR = 12, HEADER = 12, JUMPS_MAX = 32 };

struct message
{
  unsigned char const *bytes;
  size_t length;
  size_t at;
};

void ptr_question(char name[PTR_QUESTION_SIZE], struct address const *a)
{
  static char const hex[] = "0123456789abcdef";
  struct text t = { .s = name, .length = 0, .max = PTR_QUESTION_SIZE, .cut = 0 };
  unsigned char const *ip4 = (unsigned char const *)&a->sa.in4.sin_addr;
  unsigned char const *ip6 = a->sa.in6.sin6_addr.s6_addr;
  int i;
  if (a->sa.any.sa_family == AF_INET)
  {
    for (i = 3; i >= 0; i--)
    {
      text_number(&t, ip4[i]);
      text_string(&t, ".");
    }
    text_string(&t, "in-addr.arpa");
  }
  else
  {
    for (i = 15; i >= 0; i--)
    {
      char const nibbles[] = { hex[ip6[i] & 15], '.', hex[ip6[i] >> 4], '.' };
      text_put(&t, nibbles, sizeof nibbles);
    }
    text_string(&t, "ip6.arpa");
  }
  text_end(&t);
}

static int bad(void)
{
  return (errno = EBADMSG, -1);
}

/* A number of two bytes, or -1. */
static int number(struct message *m)
{
  if (m->length - m->at < 2) return bad();
  m->at += 2;
  return m->bytes[m->at - 2] << 8 | m->bytes[m->at - 1];
}

static int skip(struct message *m, size_t count)
{
  if (m->length - m->at < count) return bad();
  m->at += count;
  return 0;
}

/* Steps over a name without following it. */
static int skip_name(struct message *m)
{
  for (;;)
  {
    unsigned int n;
    if (m->at >= m->length) return bad();
    n = m->bytes[m->at++];
    if (!n) return 0;
    if (n >= 0xc0) return skip(m, 1);
    if (n > 63 || skip(m, n) == -1) return bad();
  }
}

/* Appends a label to the name. Returns the new length or -1. */
static int append(char name[HOSTNAME_MAX], int length, unsigned char const *label, unsigned int n)
{
  if (memchr(label, '.', n)) return bad();
  if (length + !!length + (int)n > HOSTNAME_MAX) return bad();
  if (length) name[length++] = '.';
  memcpy(name + length, label, n);
  return length + (int)n;
}

/* Compressed names jump, and hostile ones jump in circles: hence the count. */
static int read_name(char name[HOSTNAME_MAX], struct message m)
{
  int length = 0, jumps = 0;
  for (;;)
  {
    unsigned int n;
    if (m.at >= m.length) return bad();
    n = m.bytes[m.at++];
    if (!n) return length;
    if (n >= 0xc0)
    {
      if (m.at >= m.length || ++jumps > JUMPS_MAX) return bad();
      m.at = (n & 63) << 8 | m.bytes[m.at];
      continue;
    }
    if (n > 63 || m.length - m.at < n) return bad();
    length = append(name, length, m.bytes + m.at, n);
    if (length == -1) return -1;
    m.at += n;
  }
}

int ptr_answer(char name[HOSTNAME_MAX], unsigned char const *bytes, size_t length)
{
  struct message m = { bytes, length, 0 };
  int questions, answers;
  if (length < HEADER) return bad();
  m.at = 4;
  questions = number(&m);
  answers = number(&m);
  m.at = HEADER;
  for (; questions > 0; questions--)
    if (skip_name(&m) == -1 || skip(&m, 4) == -1) return -1;
  for (; answers > 0; answers--)
  {
    int type, size;
    if (skip_name(&m) == -1 || (type = number(&m)) == -1 || skip(&m, 6) == -1 || (size = number(&m)) == -1) return -1;
    if (type == TYPE_PTR) return read_name(name, m);
    if (skip(&m, (size_t)size) == -1) return -1;
  }
  return (errno = ENOENT, -1);
}
