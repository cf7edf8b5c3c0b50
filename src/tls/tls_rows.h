/* Option rows of the TLS programs that two tables share, each written once. `all` are the programs that accept it, `stage`
   the one that acts on it. */

#ifndef SALLYPORT_TLS_ROWS_H
#define SALLYPORT_TLS_ROWS_H

#include "opts.h"

extern struct kind const kind_sni_level;
extern struct kind const kind_tls_version;
extern struct kind const kind_protocols;

#define OPTS_TLS_CLOSING(all, stage) \
  { 's', "no-close-notify", 0, 0, (all), (stage), 0, "TLS 1.2: end by FIN while prog reads (default)" }, \
  { 'S', "close-notify", 0, 0, (all), (stage), 0, "TLS 1.2: end the session when prog's output ends" }, \
  { 'j', "no-enforce-close-notify", 0, 0, (all), (stage), 0, "take FIN alone for the end of input (default)" }, \
  { 'J', "enforce-close-notify", 0, 0, (all), (stage), 0, "take FIN without close_notify for an error" }, \
  { 'K', "handshake-timeout", "MS", &kind_millis, (all), (stage), 0, "give up a handshake after MS ms; 0: never (30000)" }

#define OPTS_TLS_CLIENT_CERT(all, stage) \
  { 'Y', "client-cert", 0, 0, (all), (stage), 0, "ask for a client certificate" }, \
  { 'y', "mandatory-client-cert", 0, 0, (all), (stage), 0, "serve only clients with a certificate" }

#define OPTS_TLS_SNI(all, stage) \
  { 'k', "sni-level", "N", &kind_sni_level, (all), (stage), 0, "pairs by name: 0 none, 1 or default, 2 only those" }, \
  { 0, "sni", 0, 0, (all), (stage), 0, "the same as -k 1" }, \
  { 0, "mandatory-sni", 0, 0, (all), (stage), 0, "the same as -k 2" }

#define OPTS_TLS_KEEP(all, stage) \
  { 'z', "no-keep", 0, 0, (all), (stage), 0, "remove the variables of keys for prog (default)" }, \
  { 'Z', "keep", 0, 0, (all), (stage), 0, "leave the variables of keys to prog" }

#define OPTS_TLS_WORDS(all, stage) \
  { 0, "alpn", "LIST", &kind_protocols, (all), (stage), 0, "protocols, the preferred one first, by commas" }, \
  { 0, "tls-min", "VERSION", &kind_tls_version, (all), (stage), 0, "the lowest version of TLS: 1.2 (default) or 1.3" }, \
  { 0, "ciphers", "LIST", &kind_text, (all), (stage), 0, "ciphers as OpenSSL names them, by colons" }, \
  { 0, "groups", "LIST", &kind_text, (all), (stage), 0, "groups for the key exchange, by colons" }, \
  { 0, "keylog", "FILE", &kind_text, (all), (stage), 0, "append the secrets of each session to FILE" }

#define OPTS_TLS_TICKETS(all, stage) \
  { 0, "ticket-keys", "FILE", &kind_text, (all), (stage), 0, "resume sessions by the keys in FILE" }

#endif
