/* The variables that a PROXY header gives to the program: see proxy_part.h. */

#include "launch.h"
#include "proxy_part.h"
#include "tcp_family.h"
#include "via.h"

void proxy_environment(struct server *s, void *data, struct launch *launch, struct client const *client)
{
  size_t i = 0;
  (void)s;
  (void)data;
  if (!client->via) return;
  if (address_is_ip(&client->via->remote)) launch_set_address(launch, "TCPPROXYIP", "TCPPROXYPORT", &client->via->remote);
  for (; i < PROXY_FIELD_COUNT; i++)
    if (client->via->fields[i]) launch_set(launch, proxy_field_names[i], client->via->fields[i]);
}

/* A header may name an IP client on a Unix-domain listener: what describes one must not be left over from elsewhere. */
char const *const proxy_variables[] =
{
  "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPCONNNUM", "TCPREMOTEHOST", "TCPREMOTEINFO",
  "TCPPROXYIP", "TCPPROXYPORT", "SSL_TLS_SNI_SERVERNAME", "SSL_PROTOCOL", "SSL_PEER_CERT_CN", "SSL_CIPHER",
  "PROXY_UNIQUE_ID", "PROXY_ALPN", 0
};
