# Written by tools/gen-deps.sh: make deps

obj/accept/accept_opts.o: $(srcdir)/src/accept/accept_opts.c $(srcdir)/src/accept/accept_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/daemon_opts.h
obj/accept/acceptor.o: $(srcdir)/src/accept/acceptor.c $(srcdir)/src/accept/acceptor.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/listenfds.h
obj/accept/local-seqpacket-socket-accept.o: $(srcdir)/src/accept/local-seqpacket-socket-accept.c $(srcdir)/src/accept/accept_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/accept/local_acceptor.h
obj/accept/local-stream-socket-accept.o: $(srcdir)/src/accept/local-stream-socket-accept.c $(srcdir)/src/accept/accept_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/accept/local_acceptor.h
obj/accept/local_acceptor.o: $(srcdir)/src/accept/local_acceptor.c $(srcdir)/src/accept/accept_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/accept/acceptor.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/ipc_family.h $(srcdir)/src/accept/local_acceptor.h $(srcdir)/src/include-local/local_address.h
obj/accept/tcp-socket-accept.o: $(srcdir)/src/accept/tcp-socket-accept.c $(srcdir)/src/accept/accept_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/accept/acceptor.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/tcp_family.h
obj/connect/connect_opts.o: $(srcdir)/src/connect/connect_opts.c $(srcdir)/src/connect/connect_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/number.h
obj/connect/endpoint.o: $(srcdir)/src/connect/endpoint.c $(srcdir)/src/connect/endpoint.h $(srcdir)/src/include-local/text.h
obj/connect/flow.o: $(srcdir)/src/connect/flow.c $(srcdir)/src/include-local/die.h $(srcdir)/src/connect/flow.h $(srcdir)/src/connect/endpoint.h
obj/connect/inet_connect.o: $(srcdir)/src/connect/inet_connect.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/connect/connect_opts.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/connect/inet_connect.h $(srcdir)/src/connect/lookup.h $(srcdir)/src/include-local/race.h
obj/connect/local-stream-socket-connect.o: $(srcdir)/src/connect/local-stream-socket-connect.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/connect/connect_opts.h $(srcdir)/src/include-local/connect_unix.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/peer.h
obj/connect/lookup.o: $(srcdir)/src/connect/lookup.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/helper.h $(srcdir)/src/connect/lookup.h $(srcdir)/src/include-local/race.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/number.h
obj/connect/s6-ioconnect.o: $(srcdir)/src/connect/s6-ioconnect.c $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/connect/connect_opts.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/connect/flow.h $(srcdir)/src/connect/endpoint.h
obj/connect/tcp-socket-connect.o: $(srcdir)/src/connect/tcp-socket-connect.c $(srcdir)/src/connect/connect_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/connect/inet_connect.h
obj/connect/udp-socket-connect.o: $(srcdir)/src/connect/udp-socket-connect.c $(srcdir)/src/connect/connect_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/connect/inet_connect.h
obj/identity/account.o: $(srcdir)/src/identity/account.c $(srcdir)/src/identity/account.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/text.h
obj/identity/identity_opts.o: $(srcdir)/src/identity/identity_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/identity/identity_opts.h
obj/identity/s6-applyuidgid.o: $(srcdir)/src/identity/s6-applyuidgid.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/identity/identity_opts.h $(srcdir)/src/include-local/opts.h
obj/identity/s6-envuidgid.o: $(srcdir)/src/identity/s6-envuidgid.c $(srcdir)/src/identity/account.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/identity/identity_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/number.h
obj/identity/s6-setuidgid.o: $(srcdir)/src/identity/s6-setuidgid.c $(srcdir)/src/identity/account.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/identity/identity_opts.h $(srcdir)/src/include-local/opts.h
obj/ipc/ipc_opts.o: $(srcdir)/src/ipc/ipc_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/die.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/number.h
obj/ipc/ipc_paths.o: $(srcdir)/src/ipc/ipc_paths.c $(srcdir)/src/include-local/die.h $(srcdir)/src/ipc/ipc_paths.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/local_address.h
obj/ipc/s6-ipcclient.o: $(srcdir)/src/ipc/s6-ipcclient.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/connect_unix.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/local_address.h
obj/ipc/s6-ipcserver-access.o: $(srcdir)/src/ipc/s6-ipcserver-access.c $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/die.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/peer.h
obj/ipc/s6-ipcserver-socketbinder.o: $(srcdir)/src/ipc/s6-ipcserver-socketbinder.c $(srcdir)/src/include-local/bind_local.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/opts.h
obj/ipc/s6-ipcserver.o: $(srcdir)/src/ipc/s6-ipcserver.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/opts.h
obj/ipc/s6-ipcserverd.o: $(srcdir)/src/ipc/s6-ipcserverd.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/ipc_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/ipc/ipc_paths.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/server_rules.h $(srcdir)/src/include-local/rules.h
obj/libdns-cares/dns.o: $(srcdir)/src/libdns-cares/dns.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/libdns-cares/ptr.h
obj/libdns-cares/ptr.o: $(srcdir)/src/libdns-cares/ptr.c $(srcdir)/src/libdns-cares/ptr.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/hostname.h
obj/libdns-system/dns.o: $(srcdir)/src/libdns-system/dns.c $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/helper.h
obj/libfast-linux/accept.o: $(srcdir)/src/libfast-linux/accept.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h
obj/libfast-linux/launch.o: $(srcdir)/src/libfast-linux/launch.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/libfast-linux/raw_syscall.h
obj/libfast-linux/log.o: $(srcdir)/src/libfast-linux/log.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log_portable.h
obj/libfast-linux/signals.o: $(srcdir)/src/libfast-linux/signals.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h
obj/libfast-posix/fast.o: $(srcdir)/src/libfast-posix/fast.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log_portable.h
obj/librules/access.o: $(srcdir)/src/librules/access.c $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h
obj/librules/check.o: $(srcdir)/src/librules/check.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/directory.o: $(srcdir)/src/librules/directory.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/entry.o: $(srcdir)/src/librules/entry.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/hostname.o: $(srcdir)/src/librules/hostname.c $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/image.o: $(srcdir)/src/librules/image.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/ip.o: $(srcdir)/src/librules/ip.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/key.o: $(srcdir)/src/librules/key.c $(srcdir)/src/include-local/number.h $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/open_or_die.o: $(srcdir)/src/librules/open_or_die.c $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/prefixes.o: $(srcdir)/src/librules/prefixes.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/record.o: $(srcdir)/src/librules/record.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/refresh.o: $(srcdir)/src/librules/refresh.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/search.o: $(srcdir)/src/librules/search.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/librules/trouble.o: $(srcdir)/src/librules/trouble.c $(srcdir)/src/librules/rules_internal.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h
obj/libserver/accept.o: $(srcdir)/src/libserver/accept.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/children.o: $(srcdir)/src/libserver/children.c $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libserver/hold.o: $(srcdir)/src/libserver/hold.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/ipc_family.o: $(srcdir)/src/libserver/ipc_family.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/ipc_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/peer.h
obj/libserver/judge.o: $(srcdir)/src/libserver/judge.c $(srcdir)/src/include-local/peer.h $(srcdir)/src/include-local/server_rules.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/table.h
obj/libserver/launch.o: $(srcdir)/src/libserver/launch.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/program.h
obj/libserver/launch_modify.o: $(srcdir)/src/libserver/launch_modify.c $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/program.h
obj/libserver/launch_portable.o: $(srcdir)/src/libserver/launch_portable.c $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/text.h
obj/libserver/log.o: $(srcdir)/src/libserver/log.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h
obj/libserver/loop.o: $(srcdir)/src/libserver/loop.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/obey.o: $(srcdir)/src/libserver/obey.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/reap.o: $(srcdir)/src/libserver/reap.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/report.o: $(srcdir)/src/libserver/report.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/report_unjudged.o: $(srcdir)/src/libserver/report_unjudged.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/server.o: $(srcdir)/src/libserver/server.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/sources.o: $(srcdir)/src/libserver/sources.c $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libserver/table_memory.o: $(srcdir)/src/libserver/table_memory.c $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libserver/tcp_family.o: $(srcdir)/src/libserver/tcp_family.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/tcp_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libutil/address.o: $(srcdir)/src/libutil/address.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/number.h
obj/libutil/bind_file.o: $(srcdir)/src/libutil/bind_file.c $(srcdir)/src/libutil/bind_internal.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h
obj/libutil/bind_inet.o: $(srcdir)/src/libutil/bind_inet.c $(srcdir)/src/include-local/bind_inet.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/die.h
obj/libutil/bind_local.o: $(srcdir)/src/libutil/bind_local.c $(srcdir)/src/libutil/bind_internal.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/local_address.h
obj/libutil/bind_lock.o: $(srcdir)/src/libutil/bind_lock.c $(srcdir)/src/libutil/bind_internal.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h
obj/libutil/chain.o: $(srcdir)/src/libutil/chain.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h
obj/libutil/client.o: $(srcdir)/src/libutil/client.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h
obj/libutil/connect_unix.o: $(srcdir)/src/libutil/connect_unix.c $(srcdir)/src/include-local/connect_unix.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libutil/deadline.o: $(srcdir)/src/libutil/deadline.c $(srcdir)/src/include-local/deadline.h
obj/libutil/dns_query.o: $(srcdir)/src/libutil/dns_query.c $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/hostname.h
obj/libutil/fds.o: $(srcdir)/src/libutil/fds.c $(srcdir)/src/include-local/fds.h $(srcdir)/src/include-local/number.h
obj/libutil/forward.o: $(srcdir)/src/libutil/forward.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/opts.h
obj/libutil/helper.o: $(srcdir)/src/libutil/helper.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/helper.h
obj/libutil/hostname.o: $(srcdir)/src/libutil/hostname.c $(srcdir)/src/include-local/hostname.h
obj/libutil/ident.o: $(srcdir)/src/libutil/ident.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/ident.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/race.h
obj/libutil/identity.o: $(srcdir)/src/libutil/identity.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/libutil/identity_apply.o: $(srcdir)/src/libutil/identity_apply.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/identity.h
obj/libutil/kinds.o: $(srcdir)/src/libutil/kinds.c $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/libutil/listenfds.o: $(srcdir)/src/libutil/listenfds.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/number.h
obj/libutil/listenfds_announce.o: $(srcdir)/src/libutil/listenfds_announce.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/text.h
obj/libutil/local_address.o: $(srcdir)/src/libutil/local_address.c $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libutil/log_portable.o: $(srcdir)/src/libutil/log_portable.c $(srcdir)/src/include-local/log_portable.h
obj/libutil/no_new_privs.o: $(srcdir)/src/libutil/no_new_privs.c $(srcdir)/src/include-local/identity.h
obj/libutil/number.o: $(srcdir)/src/libutil/number.c $(srcdir)/src/include-local/number.h
obj/libutil/opts.o: $(srcdir)/src/libutil/opts.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/libutil/opts_internal.h
obj/libutil/opts_die.o: $(srcdir)/src/libutil/opts_die.c $(srcdir)/src/include-local/die.h $(srcdir)/src/libutil/opts_internal.h $(srcdir)/src/include-local/opts.h
obj/libutil/opts_help.o: $(srcdir)/src/libutil/opts_help.c $(srcdir)/src/include-local/die.h $(srcdir)/src/libutil/opts_internal.h $(srcdir)/src/include-local/opts.h
obj/libutil/opts_operand.o: $(srcdir)/src/libutil/opts_operand.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/opts.h
obj/libutil/peer.o: $(srcdir)/src/libutil/peer.c $(srcdir)/src/include-local/peer.h
obj/libutil/program.o: $(srcdir)/src/libutil/program.c $(srcdir)/src/include-local/program.h
obj/libutil/race_inet.o: $(srcdir)/src/libutil/race_inet.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/race.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libutil/race_list.o: $(srcdir)/src/libutil/race_list.c $(srcdir)/src/include-local/race.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libutil/race_report.o: $(srcdir)/src/libutil/race_report.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/race.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libutil/require_address.o: $(srcdir)/src/libutil/require_address.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/libutil/shed_capabilities.o: $(srcdir)/src/libutil/shed_capabilities.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/identity.h
obj/libutil/text.o: $(srcdir)/src/libutil/text.c $(srcdir)/src/include-local/text.h
obj/listen/candidates.o: $(srcdir)/src/listen/candidates.c $(srcdir)/src/listen/candidates.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/listen/listen_inet.o: $(srcdir)/src/listen/listen_inet.c $(srcdir)/src/listen/backlog.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/bind_inet.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/listen/candidates.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/listen/listen_inet.h $(srcdir)/src/listen/place.h
obj/listen/listen_local.o: $(srcdir)/src/listen/listen_local.c $(srcdir)/src/listen/backlog.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/bind_local.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/listen/listen_local.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/listen/place.h
obj/listen/listen_opts.o: $(srcdir)/src/listen/listen_opts.c $(srcdir)/src/listen/listen_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/number.h
obj/listen/local-datagram-socket-listen.o: $(srcdir)/src/listen/local-datagram-socket-listen.c $(srcdir)/src/listen/listen_local.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/listen/listen_opts.h
obj/listen/local-seqpacket-socket-listen.o: $(srcdir)/src/listen/local-seqpacket-socket-listen.c $(srcdir)/src/listen/listen_local.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/listen/listen_opts.h
obj/listen/local-stream-socket-listen.o: $(srcdir)/src/listen/local-stream-socket-listen.c $(srcdir)/src/listen/listen_local.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/listen/listen_opts.h
obj/listen/netlink-datagram-socket-listen.o: $(srcdir)/src/listen/netlink-datagram-socket-listen.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/listen/listen_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/number.h $(srcdir)/src/listen/place.h
obj/listen/place.o: $(srcdir)/src/listen/place.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/listen/place.h
obj/listen/tcp-socket-listen.o: $(srcdir)/src/listen/tcp-socket-listen.c $(srcdir)/src/listen/listen_inet.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/listen/listen_opts.h
obj/listen/udp-socket-listen.o: $(srcdir)/src/listen/udp-socket-listen.c $(srcdir)/src/listen/listen_inet.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/listen/listen_opts.h
obj/rules/interrupt.o: $(srcdir)/src/rules/interrupt.c $(srcdir)/src/rules/interrupt.h
obj/rules/names.o: $(srcdir)/src/rules/names.c $(srcdir)/src/rules/names.h
obj/rules/rules_opts.o: $(srcdir)/src/rules/rules_opts.c $(srcdir)/src/include-local/die.h $(srcdir)/src/rules/rules_opts.h $(srcdir)/src/include-local/opts.h
obj/rules/s6-accessrules-cdb-from-fs.o: $(srcdir)/src/rules/s6-accessrules-cdb-from-fs.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/rules/interrupt.h $(srcdir)/src/rules/names.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/rules/rules_opts.h
obj/rules/s6-accessrules-fs-from-cdb.o: $(srcdir)/src/rules/s6-accessrules-fs-from-cdb.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/rules/interrupt.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/rules/rules_opts.h
obj/rules/s6-connlimit.o: $(srcdir)/src/rules/s6-connlimit.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/rules/rules_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/text.h
obj/skd/background.o: $(srcdir)/src/skd/background.c $(srcdir)/src/skd/background.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h
obj/skd/companion.o: $(srcdir)/src/skd/companion.c $(srcdir)/src/skd/skd.h $(srcdir)/src/skd/background.h $(srcdir)/src/skd/datagram.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/skd/sockets.h $(srcdir)/src/skd/pidfile.h $(srcdir)/src/skd/privileges.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/skd/redirection.h $(srcdir)/src/skd/log_spec.h $(srcdir)/src/skd/logger.h $(srcdir)/src/skd/system_log.h $(srcdir)/src/skd/supervise.h
obj/skd/datagram.o: $(srcdir)/src/skd/datagram.c $(srcdir)/src/include-local/die.h $(srcdir)/src/skd/datagram.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/skd/sockets.h $(srcdir)/src/skd/datagram_report.h $(srcdir)/src/include-local/local_address.h
obj/skd/datagram_report.o: $(srcdir)/src/skd/datagram_report.c $(srcdir)/src/skd/datagram_report.h $(srcdir)/src/skd/datagram.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/skd/sockets.h $(srcdir)/src/include-local/local_address.h
obj/skd/datagram_socket.o: $(srcdir)/src/skd/datagram_socket.c $(srcdir)/src/skd/datagram.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/skd/sockets.h
obj/skd/endpoint.o: $(srcdir)/src/skd/endpoint.c $(srcdir)/src/include-local/die.h $(srcdir)/src/skd/endpoint.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/number.h
obj/skd/log_spec.o: $(srcdir)/src/skd/log_spec.c $(srcdir)/src/skd/log_spec.h $(srcdir)/src/include-local/number.h
obj/skd/logger.o: $(srcdir)/src/skd/logger.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/skd/logger.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/skd/system_log.h
obj/skd/pidfile.o: $(srcdir)/src/skd/pidfile.c $(srcdir)/src/include-local/die.h $(srcdir)/src/skd/pidfile.h $(srcdir)/src/include-local/text.h
obj/skd/privileges.o: $(srcdir)/src/skd/privileges.c $(srcdir)/src/include-local/die.h $(srcdir)/src/skd/privileges.h $(srcdir)/src/include-local/identity.h
obj/skd/redirection.o: $(srcdir)/src/skd/redirection.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/skd/redirection.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/include-local/log.h $(srcdir)/src/skd/log_spec.h $(srcdir)/src/skd/logger.h $(srcdir)/src/skd/system_log.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/skd/skd.o: $(srcdir)/src/skd/skd.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/include-local/program.h $(srcdir)/src/skd/skd.h $(srcdir)/src/skd/background.h $(srcdir)/src/skd/datagram.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/skd/sockets.h $(srcdir)/src/skd/pidfile.h $(srcdir)/src/skd/privileges.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/skd/redirection.h $(srcdir)/src/skd/log_spec.h $(srcdir)/src/skd/logger.h $(srcdir)/src/skd/system_log.h $(srcdir)/src/skd/supervise.h $(srcdir)/src/skd/skd_opts.h
obj/skd/skd_family.o: $(srcdir)/src/skd/skd_family.c $(srcdir)/src/include-local/ipc_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/peer.h $(srcdir)/src/skd/skd.h $(srcdir)/src/skd/background.h $(srcdir)/src/skd/datagram.h $(srcdir)/src/skd/sockets.h $(srcdir)/src/skd/pidfile.h $(srcdir)/src/skd/privileges.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/skd/redirection.h $(srcdir)/src/skd/log_spec.h $(srcdir)/src/skd/logger.h $(srcdir)/src/skd/system_log.h $(srcdir)/src/skd/supervise.h $(srcdir)/src/include-local/tcp_family.h
obj/skd/skd_opts.o: $(srcdir)/src/skd/skd_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/skd/endpoint.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/skd/log_spec.h $(srcdir)/src/include-local/number.h $(srcdir)/src/skd/skd_opts.h
obj/skd/sockets.o: $(srcdir)/src/skd/sockets.c $(srcdir)/src/include-local/bind_inet.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h $(srcdir)/src/include-local/die.h $(srcdir)/src/skd/endpoint.h $(srcdir)/src/skd/sockets.h $(srcdir)/src/include-local/opts.h
obj/skd/supervise.o: $(srcdir)/src/skd/supervise.c $(srcdir)/src/include-local/die.h $(srcdir)/src/skd/supervise.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/skd/system_log.o: $(srcdir)/src/skd/system_log.c $(srcdir)/src/skd/system_log.h $(srcdir)/src/include-local/text.h
obj/tcp/access_banner.o: $(srcdir)/src/tcp/access_banner.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/tcp/tcp_access.h $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/ident.h
obj/tcp/access_names.o: $(srcdir)/src/tcp/access_names.c $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/tcp/tcp_access.h $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/ident.h
obj/tcp/access_settings.o: $(srcdir)/src/tcp/access_settings.c $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/tcp/tcp_access.h $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/ident.h
obj/tcp/client_host.o: $(srcdir)/src/tcp/client_host.c $(srcdir)/src/tcp/client_host.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/race.h $(srcdir)/src/include-local/die.h
obj/tcp/s6-tcpclient.o: $(srcdir)/src/tcp/s6-tcpclient.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/client.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/tcp/client_host.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/race.h $(srcdir)/src/include-local/deadline.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/ident.h $(srcdir)/src/include-local/number.h $(srcdir)/src/tcp/tcp_opts.h
obj/tcp/s6-tcpserver-access.o: $(srcdir)/src/tcp/s6-tcpserver-access.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/tcp/tcp_access.h $(srcdir)/src/include-local/access.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/dns.h $(srcdir)/src/include-local/hostname.h $(srcdir)/src/include-local/ident.h $(srcdir)/src/tcp/tcp_opts.h
obj/tcp/s6-tcpserver-socketbinder.o: $(srcdir)/src/tcp/s6-tcpserver-socketbinder.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_inet.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/tcp/tcp_opts.h $(srcdir)/src/include-local/opts.h
obj/tcp/s6-tcpserver.o: $(srcdir)/src/tcp/s6-tcpserver.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/tcp/tcp_opts.h $(srcdir)/src/include-local/opts.h
obj/tcp/s6-tcpserverd.o: $(srcdir)/src/tcp/s6-tcpserverd.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/server_rules.h $(srcdir)/src/include-local/rules.h $(srcdir)/src/include-local/tcp_family.h $(srcdir)/src/tcp/tcp_opts.h $(srcdir)/src/include-local/chain.h
obj/tcp/tcp_opts.o: $(srcdir)/src/tcp/tcp_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/number.h $(srcdir)/src/tcp/tcp_opts.h

lib/libdns-cares.a: obj/libdns-cares/dns.o obj/libdns-cares/ptr.o
lib/libdns-system.a: obj/libdns-system/dns.o
lib/libfast-linux.a: obj/libfast-linux/accept.o obj/libfast-linux/launch.o obj/libfast-linux/log.o obj/libfast-linux/signals.o
lib/libfast-posix.a: obj/libfast-posix/fast.o
lib/librules.a: obj/librules/access.o obj/librules/check.o obj/librules/directory.o obj/librules/entry.o obj/librules/hostname.o obj/librules/image.o obj/librules/ip.o obj/librules/key.o obj/librules/open_or_die.o obj/librules/prefixes.o obj/librules/record.o obj/librules/refresh.o obj/librules/search.o obj/librules/trouble.o
lib/libserver.a: obj/libserver/accept.o obj/libserver/children.o obj/libserver/hold.o obj/libserver/ipc_family.o obj/libserver/judge.o obj/libserver/launch.o obj/libserver/launch_modify.o obj/libserver/launch_portable.o obj/libserver/log.o obj/libserver/loop.o obj/libserver/obey.o obj/libserver/reap.o obj/libserver/report.o obj/libserver/report_unjudged.o obj/libserver/server.o obj/libserver/sources.o obj/libserver/table_memory.o obj/libserver/tcp_family.o
lib/libutil.a: obj/libutil/address.o obj/libutil/bind_file.o obj/libutil/bind_inet.o obj/libutil/bind_local.o obj/libutil/bind_lock.o obj/libutil/chain.o obj/libutil/client.o obj/libutil/connect_unix.o obj/libutil/deadline.o obj/libutil/dns_query.o obj/libutil/fds.o obj/libutil/forward.o obj/libutil/helper.o obj/libutil/hostname.o obj/libutil/ident.o obj/libutil/identity.o obj/libutil/identity_apply.o obj/libutil/kinds.o obj/libutil/listenfds.o obj/libutil/listenfds_announce.o obj/libutil/local_address.o obj/libutil/log_portable.o obj/libutil/no_new_privs.o obj/libutil/number.o obj/libutil/opts.o obj/libutil/opts_die.o obj/libutil/opts_help.o obj/libutil/opts_operand.o obj/libutil/peer.o obj/libutil/program.o obj/libutil/race_inet.o obj/libutil/race_list.o obj/libutil/race_report.o obj/libutil/require_address.o obj/libutil/shed_capabilities.o obj/libutil/text.o
LIBRARIES := libdns-cares libdns-system libfast-linux libfast-posix librules libserver libutil

bin/local-seqpacket-socket-accept: obj/accept/local-seqpacket-socket-accept.o obj/accept/accept_opts.o obj/accept/acceptor.o obj/accept/local_acceptor.o lib/libserver.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/local-seqpacket-socket-accept: LIBS := $(SKALIBS_LIB)

bin/local-stream-socket-accept: obj/accept/local-stream-socket-accept.o obj/accept/accept_opts.o obj/accept/acceptor.o obj/accept/local_acceptor.o lib/libserver.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/local-stream-socket-accept: LIBS := $(SKALIBS_LIB)

bin/tcp-socket-accept: obj/accept/tcp-socket-accept.o obj/accept/accept_opts.o obj/accept/acceptor.o lib/libserver.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/tcp-socket-accept: LIBS := $(SKALIBS_LIB)

bin/local-stream-socket-connect: obj/connect/local-stream-socket-connect.o obj/connect/connect_opts.o lib/libutil.a
bin/local-stream-socket-connect: LIBS := $(SKALIBS_LIB)

bin/s6-ioconnect: obj/connect/s6-ioconnect.o obj/connect/connect_opts.o obj/connect/flow.o obj/connect/endpoint.o lib/libutil.a
bin/s6-ioconnect: LIBS := $(SKALIBS_LIB)

bin/tcp-socket-connect: obj/connect/tcp-socket-connect.o obj/connect/connect_opts.o obj/connect/inet_connect.o obj/connect/lookup.o lib/libutil.a
bin/tcp-socket-connect: LIBS := $(SKALIBS_LIB)

bin/udp-socket-connect: obj/connect/udp-socket-connect.o obj/connect/connect_opts.o obj/connect/inet_connect.o obj/connect/lookup.o lib/libutil.a
bin/udp-socket-connect: LIBS := $(SKALIBS_LIB)

bin/s6-applyuidgid: obj/identity/s6-applyuidgid.o obj/identity/identity_opts.o lib/libutil.a
bin/s6-applyuidgid: LIBS := $(SKALIBS_LIB)

bin/s6-envuidgid: obj/identity/s6-envuidgid.o obj/identity/identity_opts.o obj/identity/account.o lib/libutil.a
bin/s6-envuidgid: LIBS := $(SKALIBS_LIB)

bin/s6-setuidgid: obj/identity/s6-setuidgid.o obj/identity/identity_opts.o obj/identity/account.o lib/libutil.a
bin/s6-setuidgid: LIBS := $(SKALIBS_LIB)

bin/s6-ipcclient: obj/ipc/s6-ipcclient.o obj/ipc/ipc_opts.o lib/libutil.a
bin/s6-ipcclient: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserver: obj/ipc/s6-ipcserver.o obj/ipc/ipc_opts.o lib/libutil.a
bin/s6-ipcserver: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserver-access: obj/ipc/s6-ipcserver-access.o obj/ipc/ipc_opts.o lib/librules.a lib/libutil.a
bin/s6-ipcserver-access: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserver-socketbinder: obj/ipc/s6-ipcserver-socketbinder.o obj/ipc/ipc_opts.o lib/libutil.a
bin/s6-ipcserver-socketbinder: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserverd: obj/ipc/s6-ipcserverd.o obj/ipc/ipc_opts.o obj/ipc/ipc_paths.o lib/libserver.a lib/librules.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/s6-ipcserverd: LIBS := $(SKALIBS_LIB)

bin/local-datagram-socket-listen: obj/listen/local-datagram-socket-listen.o obj/listen/listen_opts.o obj/listen/listen_local.o obj/listen/place.o lib/libutil.a
bin/local-datagram-socket-listen: LIBS := $(SKALIBS_LIB)

bin/local-seqpacket-socket-listen: obj/listen/local-seqpacket-socket-listen.o obj/listen/listen_opts.o obj/listen/listen_local.o obj/listen/place.o lib/libutil.a
bin/local-seqpacket-socket-listen: LIBS := $(SKALIBS_LIB)

bin/local-stream-socket-listen: obj/listen/local-stream-socket-listen.o obj/listen/listen_opts.o obj/listen/listen_local.o obj/listen/place.o lib/libutil.a
bin/local-stream-socket-listen: LIBS := $(SKALIBS_LIB)

bin/netlink-datagram-socket-listen: obj/listen/netlink-datagram-socket-listen.o obj/listen/listen_opts.o obj/listen/place.o lib/libutil.a
bin/netlink-datagram-socket-listen: LIBS := $(SKALIBS_LIB)

bin/tcp-socket-listen: obj/listen/tcp-socket-listen.o obj/listen/listen_opts.o obj/listen/listen_inet.o obj/listen/candidates.o obj/listen/place.o lib/libutil.a
bin/tcp-socket-listen: LIBS := $(SKALIBS_LIB)

bin/udp-socket-listen: obj/listen/udp-socket-listen.o obj/listen/listen_opts.o obj/listen/listen_inet.o obj/listen/candidates.o obj/listen/place.o lib/libutil.a
bin/udp-socket-listen: LIBS := $(SKALIBS_LIB)

bin/s6-accessrules-cdb-from-fs: obj/rules/s6-accessrules-cdb-from-fs.o obj/rules/rules_opts.o obj/rules/interrupt.o obj/rules/names.o lib/librules.a lib/libutil.a
bin/s6-accessrules-cdb-from-fs: LIBS := $(SKALIBS_LIB)

bin/s6-accessrules-fs-from-cdb: obj/rules/s6-accessrules-fs-from-cdb.o obj/rules/rules_opts.o obj/rules/interrupt.o lib/librules.a lib/libutil.a
bin/s6-accessrules-fs-from-cdb: LIBS := $(SKALIBS_LIB)

bin/s6-connlimit: obj/rules/s6-connlimit.o obj/rules/rules_opts.o lib/libutil.a
bin/s6-connlimit: LIBS := $(SKALIBS_LIB)

bin/s6-tcpclient: obj/tcp/s6-tcpclient.o obj/tcp/tcp_opts.o obj/tcp/client_host.o lib/libdns.a lib/libutil.a
bin/s6-tcpclient: LIBS := $(SKALIBS_LIB) $(CARES_LIB)

bin/skd: obj/skd/skd.o obj/skd/background.o obj/skd/companion.o obj/skd/datagram.o obj/skd/datagram_report.o obj/skd/datagram_socket.o obj/skd/endpoint.o obj/skd/log_spec.o obj/skd/logger.o obj/skd/pidfile.o obj/skd/privileges.o obj/skd/redirection.o obj/skd/skd_family.o obj/skd/skd_opts.o obj/skd/sockets.o obj/skd/supervise.o obj/skd/system_log.o lib/libserver.a lib/libfast.a lib/libutil.a
bin/skd: LIBS := $(SKALIBS_LIB)

bin/s6-tcpserver: obj/tcp/s6-tcpserver.o obj/tcp/tcp_opts.o lib/libutil.a
bin/s6-tcpserver: LIBS := $(SKALIBS_LIB)

bin/s6-tcpserver-access: obj/tcp/s6-tcpserver-access.o obj/tcp/tcp_opts.o obj/tcp/access_settings.o obj/tcp/access_banner.o obj/tcp/access_names.o lib/librules.a lib/libdns.a lib/libutil.a
bin/s6-tcpserver-access: LIBS := $(SKALIBS_LIB) $(CARES_LIB)

bin/s6-tcpserver-socketbinder: obj/tcp/s6-tcpserver-socketbinder.o obj/tcp/tcp_opts.o lib/libutil.a
bin/s6-tcpserver-socketbinder: LIBS := $(SKALIBS_LIB)

bin/s6-tcpserverd: obj/tcp/s6-tcpserverd.o obj/tcp/tcp_opts.o lib/libserver.a lib/librules.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/s6-tcpserverd: LIBS := $(SKALIBS_LIB)
