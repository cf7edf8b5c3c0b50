/* ident.h: what a line of an identification server says. */

#include "ident.h"
#include "tap.h"

static enum ident_outcome outcome;

static char const *said(char const *line)
{
  static char space[IDENT_LINE_MAX];
  struct text t = TEXT_IN(space);
  outcome = ident_read(&t, line, 80, 4711);
  return text_end(&t);
}

static void test_users(struct tap *t)
{
  is_string(t, said("80 , 4711 : USERID : UNIX : alice\r"), "alice", "a user is read without the end of the line");
  ok(t, outcome == IDENT_USER);
  is_string(t, said("80,4711:USERID:UNIX,UTF-8:bob"), "bob", "blanks are not needed");
  ok(t, outcome == IDENT_USER);
  is_string(t, said("80 , 4711 : USERID : OTHER :  a:b c"), " a:b c", "one blank in front is not the user's");
  ok(t, outcome == IDENT_USER);
  is_string(t, said("80 , 4711 : USERID : UNIX : e\033vil"), "e?vil", "control characters are replaced");
}

static void test_refusals(struct tap *t)
{
  is_string(t, said("80 , 4711 : ERROR : NO-USER\r"), "NO-USER", "the reason is told");
  ok(t, outcome == IDENT_NO);
}

static void test_malformed(struct tap *t)
{
  static char const *const lines[] =
  {
    "", "80", "80 ,", "80 , 4711", "80 , 4711 :", "80 , 4712 : USERID : UNIX : x", "81 , 4711 : USERID : UNIX : x",
    "4711 , 80 : USERID : UNIX : x", "80 , 4711 : USERID", "80 , 4711 : USERID : UNIX", "80 , 4711 : WHAT : UNIX : x",
    "99999999999980 , 4711 : USERID : UNIX : x", "-80 , 4711 : USERID : UNIX : x", 0
  };
  char const *const *line = lines;
  for (; *line; line++)
  {
    said(*line);
    ok_for(t, *line, outcome == IDENT_FAILED);
  }
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_users(&t);
  test_refusals(&t);
  test_malformed(&t);
  return tap_done(&t);
}
