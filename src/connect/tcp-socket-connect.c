/* Connects to a TCP service, then becomes the next program. */

#include <sys/socket.h>

#include "connect_opts.h"
#include "inet_connect.h"

int main(int argc, char const *const *argv)
{
  (void)argc;
  inet_connect(CONNECT_TCP, SOCK_STREAM, "TCP", argv);
}
