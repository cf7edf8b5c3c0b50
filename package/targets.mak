# The programs, one folder/name per line. Each has src/FOLDER/NAME.c, and what else it links in
# src/FOLDER/deps-exe/NAME, one item per line.

PROGRAMS := \
  accept/local-seqpacket-socket-accept \
  accept/local-stream-socket-accept \
  accept/tcp-socket-accept \
  connect/local-stream-socket-connect \
  connect/s6-ioconnect \
  connect/tcp-socket-connect \
  connect/udp-socket-connect \
  identity/s6-applyuidgid \
  identity/s6-envuidgid \
  identity/s6-setuidgid \
  ipc/s6-ipcclient \
  ipc/s6-ipcserver \
  ipc/s6-ipcserver-access \
  ipc/s6-ipcserver-socketbinder \
  ipc/s6-ipcserverd \
  linger/s6-linger \
  listen/local-datagram-socket-listen \
  listen/local-seqpacket-socket-listen \
  listen/local-stream-socket-listen \
  listen/netlink-datagram-socket-listen \
  listen/tcp-socket-listen \
  listen/udp-socket-listen \
  proxy/proxy-server \
  rules/s6-accessrules-cdb-from-fs \
  rules/s6-accessrules-fs-from-cdb \
  rules/s6-accessrules-fs-from-tcprules \
  rules/s6-connlimit \
  status/s6-serverstat \
  tcp/s6-tcpclient \
  skd/skd \
  tcp/s6-tcpserver \
  tcp/s6-tcpserver-access \
  tcp/s6-tcpserver-socketbinder \
  tcp/s6-tcpserverd \

# Those that are built where OpenSSL is.
TLS_PROGRAMS := \
  tls/s6-tlsc \
  tls/s6-tlsc-io \
  tls/s6-tlsclient \
  tls/s6-tlsd \
  tls/s6-tlsd-io \
  tls/s6-tlskeyholder \
  tls/s6-tlsserver \
  tls/s6-tlsserverd \
  tls/s6-ucspitlsc \
  tls/s6-ucspitlsd \

