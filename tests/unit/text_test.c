/* text.h: bounded texts never write past their end, and say when they were cut. */

#include "tap.h"
#include "text.h"

static void test_fits(struct tap *t)
{
  char space[32];
  struct text x = TEXT_IN(space);
  text_string(&x, "port ");
  text_number(&x, 8080);
  text_string(&x, " mode ");
  text_number(&x, 640);
  is_string(t, text_end(&x), "port 8080 mode 640", "words and numbers are put one after another");
  ok(t, !x.cut);
}

static void test_cut(struct tap *t)
{
  char space[9];
  struct text x = { space, 0, 8, 0 };
  space[8] = '!';
  text_string(&x, "0123456789");
  ok(t, x.length == 8);
  ok(t, x.cut);
  text_string(&x, "more");
  text_number(&x, 7);
  ok(t, x.length == 8);
  is_string(t, text_end(&x), "0123456", "the end of a full text costs its last byte");
  ok(t, space[8] == '!');
}

static void test_scrubbed(struct tap *t)
{
  char space[32];
  struct text x = TEXT_IN(space);
  text_scrubbed(&x, "a\n\033[31m\0\x7f\xff z~", 13);
  is_string(t, text_end(&x), "a??[31m??? z~", "everything but printable ASCII becomes a question mark");
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_fits(&t);
  test_cut(&t);
  test_scrubbed(&t);
  return tap_done(&t);
}
