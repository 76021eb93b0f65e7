/* SPDX-License-Identifier: Apache-2.0
 * 10,000 generated inputs (ALL=1: 100,000) to this server and to Node's own (hostile.mjs): what llhttp in its strict
 * mode refuses, is refused here. */
#include "t.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/http.h"
#include "t_http.h"

static void answer(void *with, const struct http_request *request, struct http_reply *reply)
{
    (void)with;
    bool has_query = request->query.ptr != NULL;
    struct buf body;
    reply->type = STR("text/plain");
    if (request->method == HTTP_HEAD) http_reply_header(reply, "X-Head", STR("1"));
    buf_init(&body, reply->mem, 1 << 20);
    buf_addf(&body, "%s %.*s%s%.*s ", http_method_text(request->method), STR_ARGS(request->path), has_query ? "?" : "",
             STR_ARGS(request->query));
    buf_add(&body, request->body); /* with its NULs */
    buf_add_char(&body, '\n');
    reply->body = buf_str(&body);
}

static void serve(int fd)
{
    struct arena *mem = arena_open((size_t)1 << 20);
    struct http_server *server;
    struct salve_err err = {0};
    struct http_config config = http_config_usual();
    config.answer = answer;
    config.body_bytes_max = 1 << 16;
    if (http_server_open(&config, mem, &server, &err) != SALVE_OK || http_server_listen(server, fd, &err) != SALVE_OK ||
        http_server_run(server, &err) != SALVE_OK)
        _exit(1);
    _exit(0);
}

int main(int argc, char **argv)
{
    bool is_all = t_is_all();
    char command[200];
    in_port_t port;
    int fd = t_http_listen(&port), status;
    pid_t server = fork();
    if (server == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) serve(fd);
    close(fd);
    (void)snprintf(command, sizeof command, "tools/node tests/conformance/http/hostile.mjs %u %s", ntohs(port),
                   argc > 1 ? argv[1]
                   : is_all ? "100000"
                            : "10000");
    status = system(command); /* it prints the closing line */
    bool is_alive = waitpid(server, NULL, WNOHANG) == 0;
    kill(server, SIGKILL);
    if (!is_alive) printf("FAILED the server has ended\n0 passed, 1 failed, 0 skipped\n");
    return is_alive && status == 0 ? 0 : 1;
}
