/* SPDX-License-Identifier: Apache-2.0
 * Clients as people have them (clients.mjs) are understood, with answers by workers. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/http.h"
#include "t.h"
#include "t_http.h"

/* "the file" in gzip. */
static const unsigned char gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
                                     0x2b, 0xc9, 0x48, 0x55, 0x48, 0xcb, 0xcc, 0x49, 0x05, 0x00,
                                     0x60, 0x1a, 0x42, 0xc1, 0x08, 0x00, 0x00, 0x00};

static void answer(void *worker, const struct http_request *request, struct http_reply *reply)
{
    (void)worker;
    bool has_query = request->query.ptr != NULL;
    struct buf body;
    reply->type = STR("text/plain");
    if (str_is(request->path, "/file")) {
        reply->body = STR("the file");
        reply->body_gzip = str_bytes(gzip, sizeof gzip);
        reply->etag = STR("f1");
        return;
    }
    buf_init(&body, reply->mem, 1 << 20);
    buf_addf(&body, "%s %.*s%s%.*s ", http_method_text(request->method), STR_ARGS(request->path), has_query ? "?" : "",
             STR_ARGS(request->query));
    buf_add(&body, request->body);
    buf_add_char(&body, '\n');
    reply->body = buf_str(&body);
}

static void serve(int fd)
{
    static void *workers[4];
    struct arena *mem = arena_open((size_t)1 << 20);
    struct http_server *server;
    struct http_config config = http_config_usual();
    config.answer = answer;
    config.workers = workers;
    config.worker_count = 4;
    if (http_server_open(&config, mem, &server, NULL) != SALVE_OK || http_server_listen(server, fd, NULL) != SALVE_OK ||
        http_server_run(server, NULL) != SALVE_OK)
        _exit(1);
    _exit(0);
}

int main(void)
{
    char command[100];
    in_port_t port;
    int fd = t_http_listen(&port);
    pid_t server = fork();
    if (server == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) serve(fd);
    close(fd);
    (void)snprintf(command, sizeof command, "tools/node tests/conformance/http/clients.mjs %u", ntohs(port));
    int status = system(command); /* it prints the closing line */
    bool is_alive = waitpid(server, NULL, WNOHANG) == 0;
    kill(server, SIGKILL);
    if (!is_alive) printf("FAILED the server has ended\n0 passed, 1 failed, 0 skipped\n");
    return is_alive && status == 0 ? 0 : 1;
}
