/* Any bytes as the answer of a name server or of an identification server: what comes out is a name, a
   printable word, or nothing. The first byte chooses. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"
#include "ident.h"
#include "../../src/libdns-cares/ptr.h"

#define HOLDS(condition) do { if (!(condition)) abort(); } while (0)

static void name_server(unsigned char const *bytes, size_t size)
{
  char name[HOSTNAME_MAX];
  struct dns_query q;
  int length = ptr_answer(name, bytes, size);
  HOLDS(length >= -1 && length <= HOSTNAME_MAX);
  if (length == -1) return;
  memset(&q, 0, sizeof q);
  dns_named(&q, name, (size_t)length);
  if (q.outcome == DNS_FOUND) HOLDS(hostname_is_clean(q.name, strlen(q.name)));
  else HOLDS(!q.name[0] && q.reason[0]);
}

static void identification_server(unsigned char const *bytes, size_t size)
{
  char line[IDENT_LINE_MAX], space[IDENT_LINE_MAX];
  struct text answer = TEXT_IN(space);
  enum ident_outcome outcome;
  size_t i = 0;
  if (size >= sizeof line) return;
  memcpy(line, bytes, size);
  line[size] = 0;
  outcome = ident_read(&answer, line, 80, 4711);
  HOLDS(outcome == IDENT_USER || outcome == IDENT_NO || outcome == IDENT_FAILED);
  HOLDS(outcome != IDENT_FAILED || !answer.length);
  for (; i < answer.length; i++) HOLDS(isprint((unsigned char)answer.s[i]));
}

int LLVMFuzzerTestOneInput(unsigned char const *bytes, size_t size)
{
  if (!size) return 0;
  if (bytes[0] & 1) name_server(bytes + 1, size - 1);
  else identification_server(bytes + 1, size - 1);
  return 0;
}
