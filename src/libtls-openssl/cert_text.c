/* What is in certificates, as text: printable, bounded, one line. */

#include <string.h>

#include "openssl.h"

void text_escaped(struct text *text, unsigned char const *s, size_t length, char const *also)
{
  static char const digits[] = "0123456789ABCDEF";
  size_t i = 0;
  for (; i < length; i++)
  {
    char escape[3] = { '\\', digits[s[i] >> 4], digits[s[i] & 15] };
    if (s[i] >= ' ' && s[i] <= '~' && !strchr(also, s[i])) text_put(text, (char const *)s + i, 1);
    else text_put(text, escape, 3);
  }
}

void text_printable(struct text *text, unsigned char const *s, size_t length)
{
  text_escaped(text, s, length, "\\");
}

/* What the library's RFC 2253 form gives is printable ASCII; a name too long for the text is cut. */
void name_text(struct text *text, X509_NAME const *name)
{
  BIO *b = BIO_new(BIO_s_mem());
  char *s;
  if (b && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253) >= 0)
  {
    long length = BIO_get_mem_data(b, &s);
    if (length > 0) text_scrubbed(text, s, (size_t)length);
  }
  BIO_free(b);
}

void fingerprint_text(struct text *text, X509 const *x)
{
  static char const digits[] = "0123456789abcdef";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0, i = 0;
  if (!X509_digest(x, EVP_sha256(), digest, &length)) return;
  text_string(text, "SHA256:");
  for (; i < length; i++)
  {
    text_put(text, digits + (digest[i] >> 4), 1);
    text_put(text, digits + (digest[i] & 15), 1);
  }
}
