/* Hosts in words: see host.h. */

#define _GNU_SOURCE  /* the codes of getaddrinfo(3) that POSIX does not have */

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "address.h"
#include "die.h"
#include "host.h"
#include "hostname.h"
#include "number.h"
#include "opts.h"

int host_is_plain(char const *host)
{
  struct address a;
  if (!strcmp(host, "0")) return 1;  /* the IPv4 wildcard, as it has always been written */
  if (!strchr(host, ':') && !strchr(host, '[') && !hostname_is_number(host)) return 1;
  return address_parse(&a, host, 0) == 0 || errno == ENODEV;
}

void require_plain_host(char const *host)
{
  struct address a;
  if (address_parse(&a, host, 0) == 0) require_scope(&a, "host", host);
  else if (errno == ENODEV || !host_is_plain(host)) address_die("host", host, "an IP address or a name");
}

void require_service_word(char const *service, int is_numeric)
{
  if (is_numeric || number_is_meant(service)) require_operand("service", service, &kind_port);
}

static int is_unknown(int code)
{
  switch (code)
  {
    case EAI_NONAME :
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
    case EAI_NODATA :
#endif
      return 1;
    default :
      return 0;
  }
}

void host_die_unknown(char const *host)
{
  strerr_dief(EXIT_SYSTEM, "unable to look up ", host, ": there is no such host");
}

void host_die(char const *host, char const *service, int is_numeric, int code)
{
  if (code == EAI_SERVICE) die_usage("there is no service called '", service, "' for this kind of socket");
  if (code == EAI_SYSTEM) die_system("look up ", host);
  if (is_unknown(code) && is_numeric) die_usage("host must be an IP address, not '", host, "'");
  if (is_unknown(code)) host_die_unknown(host);
  strerr_dief(EXIT_SYSTEM, "unable to look up ", host, ": ", gai_strerror(code));
}
