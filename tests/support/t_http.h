/* SPDX-License-Identifier: Apache-2.0
 *
 * t_http - a client of HTTP for tests, byte by byte, on loopback.
 *
 *     int listener = t_http_listen(&port);                     // for the server under test
 *     int fd = t_http_call(port);
 *     t_http_say(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
 *     struct str all = t_http_heard(fd, mem, NULL);            // until the server closes
 *
 * A step that fails or takes over T_HTTP_PATIENCE_MS fails the test (cmocka). */
#ifndef SALVE_TESTS_T_HTTP_H
#define SALVE_TESTS_T_HTTP_H

#include <netinet/in.h>

#include "base/arena.h"

enum { T_HTTP_PATIENCE_MS = 30000 };

/* t_http_listen - a listening socket; *port in network order. t_http_call - a connection to it. */
int t_http_listen(in_port_t *port);
int t_http_call(in_port_t port);

void t_http_say(int fd, const char *text);
void t_http_say_bytes(int fd, struct str bytes);

/* t_http_heard - what comes until the server closes, or until it ends with `end`. t_http_answer - one whole answer with
 * its head, by its Content-Length; is_head: it has no body. Both live in mem. */
struct str t_http_heard(int fd, struct arena *mem, const char *end);
struct str t_http_answer(int fd, struct arena *mem, bool is_head);

/* t_http_asked - a connection of its own: what is answered to these bytes until the server closes. */
struct str t_http_asked(in_port_t port, struct arena *mem, const char *request);

/* t_http_field - a header's value; absent if it is not there. t_http_status - 200; 0 for what is no answer.
 * t_http_body - what stands behind the head. */
struct str t_http_field(struct str answer, const char *name);
int t_http_status(struct str answer);
struct str t_http_body(struct str answer);

bool t_http_has(struct str text, const char *part);

#endif
