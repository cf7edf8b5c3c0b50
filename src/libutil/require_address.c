/* The operands "ip port" of the binders. */

#include <errno.h>

#include "address.h"
#include "die.h"
#include "number.h"
#include "opts.h"

void require_address(struct address *a, char const *ip, char const *port)
{
  uint64_t n;
  if (address_parse(a, ip, 0) == -1)
  {
    if (errno == ENODEV) die_usage("ip '", ip, "' names an interface that does not exist");
    die_usage("ip must be an IPv4 or IPv6 address, not '", ip, "'");
  }
  require_operand("port", port, &kind_port);
  number_parse(port, 10, 65535, &n);
  address_parse(a, ip, (uint16_t)n);
}
