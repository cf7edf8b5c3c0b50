/* Lists of peers: see peerlist.h. */

#include <errno.h>
#include <string.h>

#include "number.h"
#include "peerlist.h"

enum { ITEM_MAX = 64 };

static int is_ip4(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET || address_is_mapped(a);
}

/* A mapped address has a prefix of the IPv6 kind; without 96 bits of it, it would be no IPv4 net. */
static int read_prefix(struct peerlist_net *net, char const *word, struct address const *a)
{
  uint64_t n, max = a->sa.any.sa_family == AF_INET ? 32 : 128, mapped = net->is_ip4 && max == 128 ? 96 : 0;
  net->prefix4 = 32;
  net->prefix6 = 128;
  if (!word) return 0;
  if (number_parse(word, 10, max, &n) == -1 || n < mapped) return -1;
  if (net->is_ip4) net->prefix4 = (unsigned int)(n - mapped);
  else net->prefix6 = (unsigned int)n;
  return 0;
}

static int add_net(struct peerlist *list, char *item)
{
  struct peerlist_net *net = &list->net[list->nets];
  struct address a;
  char *slash = strchr(item, '/');
  if (slash) *slash++ = 0;
  if (strchr(item, '%') || address_parse(&a, item, 0) == -1) return -1;
  net->is_ip4 = is_ip4(&a);
  if (read_prefix(net, slash, &a) == -1) return -1;
  source_of_address(&net->source, &a, net->prefix4, net->prefix6);
  list->nets++;
  return 0;
}

static int add_uid(struct peerlist *list, char const *item)
{
  uint64_t n;
  if (number_parse(item, 10, ID_MAX, &n) == -1) return -1;
  list->uid[list->uids++] = (uid_t)n;
  return 0;
}

static int add(struct peerlist *list, char const *word, size_t length, unsigned int what)
{
  char item[ITEM_MAX];
  int is_number = strspn(word, "0123456789") >= length;
  if (!length || length >= sizeof item) return (errno = EINVAL, -1);
  if (list->nets + list->uids == PEERLIST_MAX) return (errno = E2BIG, -1);
  memcpy(item, word, length);
  item[length] = 0;
  if (!(what & (is_number ? PEERLIST_UIDS : PEERLIST_NETS))) return (errno = EINVAL, -1);
  if ((is_number ? add_uid(list, item) : add_net(list, item)) == -1) return (errno = EINVAL, -1);
  return 0;
}

int peerlist_parse(struct peerlist *list, char const *word, unsigned int what)
{
  memset(list, 0, sizeof *list);
  for (;;)
  {
    size_t length = strcspn(word, ",");
    if (add(list, word, length, what) == -1) return -1;
    word += length;
    if (!*word++) return 0;
  }
}

int peerlist_has_address(struct peerlist const *list, struct address const *a)
{
  unsigned int i = 0;
  struct source source;
  if (!address_is_ip(a)) return 0;
  for (; i < list->nets; i++)
  {
    struct peerlist_net const *net = &list->net[i];
    if (is_ip4(a) != net->is_ip4) continue;
    source_of_address(&source, a, net->prefix4, net->prefix6);
    if (!memcmp(&source, &net->source, sizeof source)) return 1;
  }
  return 0;
}

int peerlist_has_uid(struct peerlist const *list, uid_t uid)
{
  unsigned int i = 0;
  for (; i < list->uids; i++) if (list->uid[i] == uid) return 1;
  return 0;
}

static int is_list(char const *word, unsigned int what)
{
  struct peerlist list;
  return peerlist_parse(&list, word, what) == 0;
}

static int is_nets(char const *word) { return is_list(word, PEERLIST_NETS); }
static int is_uids(char const *word) { return is_list(word, PEERLIST_UIDS); }
static int is_peers(char const *word) { return is_list(word, PEERLIST_NETS | PEERLIST_UIDS); }

struct kind const kind_nets = { is_nets, "at most 64 addresses or prefixes, separated by commas", 0 };
struct kind const kind_uids = { is_uids, "at most 64 user ids, separated by commas", 0 };
struct kind const kind_peers = { is_peers, "at most 64 addresses, prefixes or user ids, separated by commas", 0 };
