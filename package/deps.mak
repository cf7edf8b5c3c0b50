# Written by tools/gen-deps.sh: make deps

obj/identity/identity_opts.o: $(srcdir)/src/identity/identity_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/identity/identity_opts.h
obj/identity/s6-applyuidgid.o: $(srcdir)/src/identity/s6-applyuidgid.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/identity/identity_opts.h $(srcdir)/src/include-local/opts.h
obj/ipc/ipc_opts.o: $(srcdir)/src/ipc/ipc_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/die.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/number.h
obj/ipc/ipc_paths.o: $(srcdir)/src/ipc/ipc_paths.c $(srcdir)/src/include-local/die.h $(srcdir)/src/ipc/ipc_paths.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/local_address.h
obj/ipc/s6-ipcserver-socketbinder.o: $(srcdir)/src/ipc/s6-ipcserver-socketbinder.c $(srcdir)/src/include-local/bind_local.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/opts.h
obj/ipc/s6-ipcserver.o: $(srcdir)/src/ipc/s6-ipcserver.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/include-local/opts.h
obj/ipc/s6-ipcserverd.o: $(srcdir)/src/ipc/s6-ipcserverd.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/ipc_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/ipc/ipc_opts.h $(srcdir)/src/ipc/ipc_paths.h $(srcdir)/src/include-local/local_address.h
obj/libfast-linux/accept.o: $(srcdir)/src/libfast-linux/accept.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h
obj/libfast-linux/launch.o: $(srcdir)/src/libfast-linux/launch.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/libfast-linux/raw_syscall.h
obj/libfast-linux/log.o: $(srcdir)/src/libfast-linux/log.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log_portable.h
obj/libfast-linux/no_new_privs.o: $(srcdir)/src/libfast-linux/no_new_privs.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h
obj/libfast-linux/signals.o: $(srcdir)/src/libfast-linux/signals.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h
obj/libfast-posix/fast.o: $(srcdir)/src/libfast-posix/fast.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log_portable.h
obj/libserver/accept.o: $(srcdir)/src/libserver/accept.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/children.o: $(srcdir)/src/libserver/children.c $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libserver/hold.o: $(srcdir)/src/libserver/hold.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/ipc_family.o: $(srcdir)/src/libserver/ipc_family.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/ipc_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/peer.h
obj/libserver/launch.o: $(srcdir)/src/libserver/launch.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/program.h
obj/libserver/launch_modify.o: $(srcdir)/src/libserver/launch_modify.c $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/text.h
obj/libserver/launch_portable.o: $(srcdir)/src/libserver/launch_portable.c $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/text.h
obj/libserver/log.o: $(srcdir)/src/libserver/log.c $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h
obj/libserver/loop.o: $(srcdir)/src/libserver/loop.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/obey.o: $(srcdir)/src/libserver/obey.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/reap.o: $(srcdir)/src/libserver/reap.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/report.o: $(srcdir)/src/libserver/report.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/server.o: $(srcdir)/src/libserver/server.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/fds.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libserver/sources.o: $(srcdir)/src/libserver/sources.c $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libserver/tcp_family.o: $(srcdir)/src/libserver/tcp_family.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/tcp_family.h $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h
obj/libutil/address.o: $(srcdir)/src/libutil/address.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/number.h
obj/libutil/bind_file.o: $(srcdir)/src/libutil/bind_file.c $(srcdir)/src/libutil/bind_internal.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h
obj/libutil/bind_inet.o: $(srcdir)/src/libutil/bind_inet.c $(srcdir)/src/include-local/bind_inet.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/die.h
obj/libutil/bind_local.o: $(srcdir)/src/libutil/bind_local.c $(srcdir)/src/libutil/bind_internal.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/local_address.h
obj/libutil/bind_lock.o: $(srcdir)/src/libutil/bind_lock.c $(srcdir)/src/libutil/bind_internal.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_local.h
obj/libutil/chain.o: $(srcdir)/src/libutil/chain.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h
obj/libutil/fds.o: $(srcdir)/src/libutil/fds.c $(srcdir)/src/include-local/fds.h
obj/libutil/forward.o: $(srcdir)/src/libutil/forward.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/opts.h
obj/libutil/identity.o: $(srcdir)/src/libutil/identity.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/identity.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/libutil/identity_apply.o: $(srcdir)/src/libutil/identity_apply.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/identity.h
obj/libutil/kinds.o: $(srcdir)/src/libutil/kinds.c $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/libutil/listenfds.o: $(srcdir)/src/libutil/listenfds.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/listenfds.h $(srcdir)/src/include-local/number.h
obj/libutil/local_address.o: $(srcdir)/src/libutil/local_address.c $(srcdir)/src/include-local/local_address.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h
obj/libutil/log_portable.o: $(srcdir)/src/libutil/log_portable.c $(srcdir)/src/include-local/log_portable.h
obj/libutil/number.o: $(srcdir)/src/libutil/number.c $(srcdir)/src/include-local/number.h
obj/libutil/opts.o: $(srcdir)/src/libutil/opts.c $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/libutil/opts_internal.h
obj/libutil/opts_die.o: $(srcdir)/src/libutil/opts_die.c $(srcdir)/src/include-local/die.h $(srcdir)/src/libutil/opts_internal.h $(srcdir)/src/include-local/opts.h
obj/libutil/opts_help.o: $(srcdir)/src/libutil/opts_help.c $(srcdir)/src/include-local/die.h $(srcdir)/src/libutil/opts_internal.h $(srcdir)/src/include-local/opts.h
obj/libutil/opts_operand.o: $(srcdir)/src/libutil/opts_operand.c $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/opts.h
obj/libutil/peer.o: $(srcdir)/src/libutil/peer.c $(srcdir)/src/include-local/peer.h
obj/libutil/program.o: $(srcdir)/src/libutil/program.c $(srcdir)/src/include-local/program.h
obj/libutil/require_address.o: $(srcdir)/src/libutil/require_address.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/die.h $(srcdir)/src/include-local/number.h $(srcdir)/src/include-local/opts.h
obj/libutil/text.o: $(srcdir)/src/libutil/text.c $(srcdir)/src/include-local/text.h
obj/tcp/s6-tcpserver-socketbinder.o: $(srcdir)/src/tcp/s6-tcpserver-socketbinder.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/bind_inet.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/tcp/tcp_opts.h $(srcdir)/src/include-local/opts.h
obj/tcp/s6-tcpserver.o: $(srcdir)/src/tcp/s6-tcpserver.c $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/chain.h $(srcdir)/src/include-local/die.h $(srcdir)/src/tcp/tcp_opts.h $(srcdir)/src/include-local/opts.h
obj/tcp/s6-tcpserverd.o: $(srcdir)/src/tcp/s6-tcpserverd.c $(srcdir)/src/include-local/server.h $(srcdir)/src/include-local/address.h $(srcdir)/src/include-local/text.h $(srcdir)/src/include-local/fast.h $(srcdir)/src/include-local/launch.h $(srcdir)/src/include-local/log.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/include-local/table.h $(srcdir)/src/include-local/tcp_family.h $(srcdir)/src/tcp/tcp_opts.h $(srcdir)/src/include-local/chain.h
obj/tcp/tcp_opts.o: $(srcdir)/src/tcp/tcp_opts.c $(srcdir)/src/include-local/daemon_opts.h $(srcdir)/src/include-local/opts.h $(srcdir)/src/tcp/tcp_opts.h

lib/libfast-linux.a: obj/libfast-linux/accept.o obj/libfast-linux/launch.o obj/libfast-linux/log.o obj/libfast-linux/no_new_privs.o obj/libfast-linux/signals.o
lib/libfast-posix.a: obj/libfast-posix/fast.o
lib/libserver.a: obj/libserver/accept.o obj/libserver/children.o obj/libserver/hold.o obj/libserver/ipc_family.o obj/libserver/launch.o obj/libserver/launch_modify.o obj/libserver/launch_portable.o obj/libserver/log.o obj/libserver/loop.o obj/libserver/obey.o obj/libserver/reap.o obj/libserver/report.o obj/libserver/server.o obj/libserver/sources.o obj/libserver/tcp_family.o
lib/libutil.a: obj/libutil/address.o obj/libutil/bind_file.o obj/libutil/bind_inet.o obj/libutil/bind_local.o obj/libutil/bind_lock.o obj/libutil/chain.o obj/libutil/fds.o obj/libutil/forward.o obj/libutil/identity.o obj/libutil/identity_apply.o obj/libutil/kinds.o obj/libutil/listenfds.o obj/libutil/local_address.o obj/libutil/log_portable.o obj/libutil/number.o obj/libutil/opts.o obj/libutil/opts_die.o obj/libutil/opts_help.o obj/libutil/opts_operand.o obj/libutil/peer.o obj/libutil/program.o obj/libutil/require_address.o obj/libutil/text.o
LIBRARIES := libfast-linux libfast-posix libserver libutil

bin/s6-applyuidgid: obj/identity/s6-applyuidgid.o obj/identity/identity_opts.o lib/libfast.a lib/libutil.a
bin/s6-applyuidgid: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserver: obj/ipc/s6-ipcserver.o obj/ipc/ipc_opts.o lib/libutil.a
bin/s6-ipcserver: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserver-socketbinder: obj/ipc/s6-ipcserver-socketbinder.o obj/ipc/ipc_opts.o lib/libutil.a
bin/s6-ipcserver-socketbinder: LIBS := $(SKALIBS_LIB)

bin/s6-ipcserverd: obj/ipc/s6-ipcserverd.o obj/ipc/ipc_opts.o obj/ipc/ipc_paths.o lib/libserver.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/s6-ipcserverd: LIBS := $(SKALIBS_LIB)

bin/s6-tcpserver: obj/tcp/s6-tcpserver.o obj/tcp/tcp_opts.o lib/libutil.a
bin/s6-tcpserver: LIBS := $(SKALIBS_LIB)

bin/s6-tcpserver-socketbinder: obj/tcp/s6-tcpserver-socketbinder.o obj/tcp/tcp_opts.o lib/libutil.a
bin/s6-tcpserver-socketbinder: LIBS := $(SKALIBS_LIB)

bin/s6-tcpserverd: obj/tcp/s6-tcpserverd.o obj/tcp/tcp_opts.o lib/libserver.a lib/libfast.a lib/libserver.a lib/libutil.a
bin/s6-tcpserverd: LIBS := $(SKALIBS_LIB)
