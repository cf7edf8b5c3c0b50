/* IP addresses as bytes, in network order. */

#ifndef SALLYPORT_IP_H
#define SALLYPORT_IP_H

#include <stddef.h>
#include <stdint.h>

/* True if these 16 bytes are an IPv4 address in its IPv6-mapped form, whose last 4 they end in (RFC 4291, 2.5.5.2). */
extern int ip_is_mapped(uint8_t const *ip6);

/* Clears what follows the first `prefix` bits of `size` bytes. */
extern void ip_mask(uint8_t *ip, size_t size, unsigned int prefix);

#endif
