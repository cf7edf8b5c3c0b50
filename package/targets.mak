# The programs, one folder/name per line. Each has src/FOLDER/NAME.c, and what else it links in
# src/FOLDER/deps-exe/NAME, one item per line. After a change here, in a deps-exe file or in an
# #include: make deps.

PROGRAMS := \
  identity/s6-applyuidgid \
  skd/skd \
  tcp/s6-tcpserver \
  tcp/s6-tcpserver-socketbinder \
  tcp/s6-tcpserverd \

