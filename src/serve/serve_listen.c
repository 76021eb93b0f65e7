/* SPDX-License-Identifier: Apache-2.0
 * The sockets that others connect to: browsers of this machine, and its command line. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "door/door.h"
#include "serve/serve_int.h"

enum { BACKLOG = 128 };

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

/* "127.0.0.1", "localhost", "[::1]": nothing is looked up, so that a name never leads elsewhere. */
static bool read_host(struct str host, union address *out)
{
    char text[INET6_ADDRSTRLEN];
    bool is_six = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (is_six) host = str_cut(host, 1, host.len - 2);
    if (str_is(host, "localhost")) host = STR("127.0.0.1");
    if (host.len == 0 || host.len >= sizeof text) return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    out->any.sa_family = is_six ? AF_INET6 : AF_INET;
    return is_six ? inet_pton(AF_INET6, text, &out->six.sin6_addr) == 1
                  : inet_pton(AF_INET, text, &out->four.sin_addr) == 1;
}

static bool is_of_this_machine(const union address *where)
{
    if (where->any.sa_family == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&where->six.sin6_addr);
    return ntohl(where->four.sin_addr.s_addr) >> 24 == 127;
}

static enum salve_code read_address(const char *where, bool is_any, union address *out, struct salve_err *err)
{
    int64_t port = -1;
    struct str all = str_of(where);
    const char *colon = strrchr(where, ':');
    memset(out, 0, sizeof *out);
    size_t host_len = colon == NULL ? 0 : (size_t)(colon - where);
    bool is_read = colon != NULL && read_host(str_cut(all, 0, host_len), out) &&
                   str_to_i64(str_cut(all, host_len + 1, all.len), &port) && port >= 0 && port <= 65535;
    if (!is_read)
        return salve_refuse(err, SALVE_E_USAGE, "an address and a port, such as 127.0.0.1:8080 or [::1]:8080",
                            "--listen");
    if (!is_any && !is_of_this_machine(out))
        return salve_refuse(
            err, SALVE_E_USAGE,
            "only this machine's own addresses, 127.0.0.1 or [::1]: without TLS others could read along", "--listen");
    if (out->any.sa_family == AF_INET6)
        out->six.sin6_port = htons((uint16_t)port);
    else
        out->four.sin_port = htons((uint16_t)port);
    return SALVE_OK;
}

static enum salve_code fail(const char *where, struct salve_err *err)
{
    if (errno == EADDRINUSE) return salve_refuse(err, SALVE_E_CONFLICT, "another program listens there", "%s", where);
    int why = errno;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s", where);
    return salve_why(err, SALVE_E_CONFIG, "%s", strerror(why));
}

static void tell_address(int fd, char address[SERVE_ADDRESS_BYTES])
{
    union address at;
    socklen_t bytes = sizeof at;
    char host[INET6_ADDRSTRLEN] = "";
    memset(&at, 0, sizeof at);
    (void)getsockname(fd, &at.any, &bytes);
    bool is_six = at.any.sa_family == AF_INET6;
    const void *from = is_six ? (const void *)&at.six.sin6_addr : (const void *)&at.four.sin_addr;
    (void)inet_ntop(at.any.sa_family, from, host, sizeof host);
    unsigned port = ntohs(is_six ? at.six.sin6_port : at.four.sin_port);
    (void)snprintf(address, SERVE_ADDRESS_BYTES, is_six ? "http://[%s]:%u/" : "http://%s:%u/", host, port);
}

static enum salve_code listen_at(const char *where, bool is_any, int *fd, char address[SERVE_ADDRESS_BYTES],
                                 struct salve_err *err)
{
    union address at;
    const int on = 1;
    TRY(read_address(where, is_any, &at, err));
    *fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) return fail(where, err);
    socklen_t bytes = at.any.sa_family == AF_INET6 ? sizeof at.six : sizeof at.four;
    bool is_open = setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(*fd, &at.any, bytes) == 0 &&
                   listen(*fd, BACKLOG) == 0;
    if (!is_open) {
        enum salve_code code = fail(where, err);
        (void)close(*fd);
        *fd = -1;
        return code;
    }
    tell_address(*fd, address);
    return SALVE_OK;
}

enum salve_code serve_listen(const char *where, int *fd, char address[SERVE_ADDRESS_BYTES], struct salve_err *err)
{
    return listen_at(where, false, fd, address, err);
}

enum salve_code serve_listen_any(const char *where, int *fd, char address[SERVE_ADDRESS_BYTES], struct salve_err *err)
{
    return listen_at(where, true, fd, address, err);
}

void serve_origin(enum site_mode mode, const char *name, const char *address, char out[SERVE_ADDRESS_BYTES])
{
    int64_t port = 443;
    struct str end = str_of(strrchr(address, ':'));
    bool is_local = mode == SITE_LOCAL;
    if (mode != SITE_PROXY && end.len > 2) (void)str_to_i64(str_cut(end, 1, end.len - 2), &port); /* ":8080/" */
    const char *host = is_local ? "localhost" : name;
    if (port == (is_local ? 80 : 443))
        (void)snprintf(out, SERVE_ADDRESS_BYTES, "%s://%s", is_local ? "http" : "https", host);
    else
        (void)snprintf(out, SERVE_ADDRESS_BYTES, "%s://%s:%d", is_local ? "http" : "https", host, (int)port);
}

/* --- the command line --------------------------------------------------------------------------------------------- */

/* A path of any length: from a folder that is open, the name alone has to fit into an address. */
static bool bind_local(int fd, const char *path, mode_t closed)
{
    char folder[PATH_MAX];
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *slash = strrchr(path, '/');
    size_t folder_len = slash == NULL ? 0 : (size_t)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s/", (int)folder_len, path);
    int parent = open(slash == NULL ? "." : folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return false;
    int len =
        snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/%s", parent, slash == NULL ? path : slash + 1);
    bool fits = len > 0 && (size_t)len < sizeof at.sun_path;
    mode_t before = umask(closed); /* from its first moment */
    bool is_bound = fits && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    (void)umask(before);
    if (!fits) errno = ENAMETOOLONG;
    (void)close(parent);
    return is_bound;
}

enum salve_code serve_listen_local(const char *dir, const char *named, int *fd, char path[PATH_MAX],
                                   struct salve_err *err)
{
    if (named != NULL ? snprintf(path, PATH_MAX, "%s", named) >= PATH_MAX : !door_socket_path(dir, path))
        return salve_refuse(err, SALVE_E_CONFIG, "the path is too long", "%s", dir);
    struct stat left;
    if (lstat(path, &left) == 0 && S_ISSOCK(left.st_mode)) (void)unlink(path); /* of one that ended without its end */
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd >= 0 && bind_local(*fd, path, named == NULL ? 0177 : 0117) && listen(*fd, BACKLOG) == 0) return SALVE_OK;
    enum salve_code code = fail(path, err);
    if (*fd >= 0) (void)close(*fd);
    *fd = -1;
    return code;
}
