/* What the kernel knows of a TCP connection whose descriptor is elsewhere: sock_diag(7). */

#define _DEFAULT_SOURCE  /* struct tcp_info */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

#include "platform.h"

enum { ANSWER_MAX = 4096, ANY_STATE = -1, PATIENCE = 4 };

/* Older headers lack it (socket(7), since Linux 4.12). */
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

int platform_is_tcp(int fd)
{
  int protocol = IPPROTO_TCP;
  socklen_t size = sizeof protocol;
  return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == -1 || protocol == IPPROTO_TCP;
}

int platform_connections_open(void)
{
  return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
}

/* ---- which connection ---- */

static void put_end(uint32_t *ip, uint16_t *port, struct address const *a)
{
  if (a->sa.any.sa_family == AF_INET) memcpy(ip, &a->sa.in4.sin_addr, sizeof a->sa.in4.sin_addr);
  else memcpy(ip, &a->sa.in6.sin6_addr, sizeof a->sa.in6.sin6_addr);
  *port = htons(address_port(a));
}

/* An IPv4 client of an IPv6 socket is in the kernel's table of IPv4 connections. */
int platform_connection(int fd, struct platform_connection *c)
{
  struct address local = { .length = sizeof local.sa }, remote = { .length = sizeof remote.sa };
  socklen_t cookie = sizeof c->cookie;
  memset(c, 0, sizeof *c);
  if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, c->cookie, &cookie) == -1) return -1;
  if (getsockname(fd, &local.sa.any, &local.length) == -1 || getpeername(fd, &remote.sa.any, &remote.length) == -1) return -1;
  if (!address_is_ip(&remote)) return (errno = EAFNOSUPPORT, -1);
  address_unmap(&local);
  address_unmap(&remote);
  c->family = remote.sa.any.sa_family;
  if (c->family == AF_INET6) c->scope = remote.sa.in6.sin6_scope_id;
  put_end(c->local, &c->local_port, &local);
  put_end(c->remote, &c->remote_port, &remote);
  return 0;
}

/* ---- asking ---- */

struct question
{
  struct nlmsghdr head;
  struct inet_diag_req_v2 request;
};

static void fill(struct question *q, struct platform_connection const *c, uint32_t number)
{
  memset(q, 0, sizeof *q);
  q->head.nlmsg_len = sizeof *q;
  q->head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  q->head.nlmsg_flags = NLM_F_REQUEST;
  q->head.nlmsg_seq = number;
  q->request.sdiag_family = (uint8_t)c->family;
  q->request.sdiag_protocol = IPPROTO_TCP;
  q->request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  q->request.idiag_states = (uint32_t)ANY_STATE;
  q->request.id.idiag_sport = c->local_port;
  q->request.id.idiag_dport = c->remote_port;
  memcpy(q->request.id.idiag_src, c->local, sizeof c->local);
  memcpy(q->request.id.idiag_dst, c->remote, sizeof c->remote);
  q->request.id.idiag_if = c->scope;
  memcpy(q->request.id.idiag_cookie, c->cookie, sizeof c->cookie);
}

/* A kernel that is younger than the headers may send more of a tcp_info, an older one less. */
static int read_times(char const *attribute, size_t length, uint32_t *milliseconds)
{
  struct tcp_info info;
  if (length < offsetof(struct tcp_info, tcpi_last_ack_recv)) return (errno = ENOENT, -1);
  memset(&info, 0, sizeof info);
  memcpy(&info, attribute, length < sizeof info ? length : sizeof info);
  *milliseconds = info.tcpi_last_data_recv < info.tcpi_last_data_sent ? info.tcpi_last_data_recv : info.tcpi_last_data_sent;
  return 0;
}

/* In a state that has no figures any more (TIME_WAIT) the connection is as good as gone. */
static int read_attributes(char const *s, size_t length, uint32_t *milliseconds)
{
  struct rtattr a;
  while (length >= sizeof a)
  {
    memcpy(&a, s, sizeof a);
    if (a.rta_len < sizeof a || a.rta_len > length) break;
    if (a.rta_type == INET_DIAG_INFO) return read_times(s + sizeof a, a.rta_len - sizeof a, milliseconds);
    if (RTA_ALIGN(a.rta_len) >= length) break;
    s += RTA_ALIGN(a.rta_len);
    length -= RTA_ALIGN(a.rta_len);
  }
  return (errno = ENOENT, -1);
}

static int read_answer(char const *s, size_t length, uint32_t *milliseconds)
{
  struct nlmsghdr head;
  struct nlmsgerr error;
  size_t const fixed = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct inet_diag_msg));
  memcpy(&head, s, sizeof head);
  if (head.nlmsg_type == NLMSG_ERROR && length >= NLMSG_HDRLEN + sizeof error)
  {
    memcpy(&error, s + NLMSG_HDRLEN, sizeof error);
    return (errno = error.error == -ESTALE ? ENOENT : error.error ? -error.error : EPROTO, -1);
  }
  if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len > length || head.nlmsg_len < fixed) return (errno = EPROTO, -1);
  return read_attributes(s + fixed, head.nlmsg_len - fixed, milliseconds);
}

/* The kernel answers before sendto(2) returns. An answer to an earlier question that could not be read is skipped: its number, part of the
   cookie, is another. */
int platform_connection_idle(int fd, struct platform_connection const *c, uint32_t *milliseconds)
{
  uint32_t number = c->cookie[0];
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  struct question q;
  char answer[ANSWER_MAX];
  unsigned int i = 0;
  fill(&q, c, number);
  if (sendto(fd, &q, sizeof q, MSG_DONTWAIT, (struct sockaddr *)&kernel, sizeof kernel) == -1) return -1;
  for (; i < PATIENCE; i++)
  {
    struct nlmsghdr head;
    ssize_t n = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    if (n == -1) return -1;
    if ((size_t)n < sizeof head) continue;
    memcpy(&head, answer, sizeof head);
    if (head.nlmsg_seq == number) return read_answer(answer, (size_t)n, milliseconds);
  }
  return (errno = EPROTO, -1);
}
