/* SPDX-License-Identifier: Apache-2.0
 * What a service manager hears, by the protocol of sd_notify(3): a datagram to the socket that it names. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/serve_int.h"

void serve_notify(const char *message)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *where = getenv("NOTIFY_SOCKET");
    size_t len = where == NULL ? 0 : strlen(where);
    if (len < 2 || len >= sizeof to.sun_path || (where[0] != '/' && where[0] != '@')) return;
    memcpy(to.sun_path, where, len);
    if (where[0] == '@') to.sun_path[0] = '\0'; /* a name that no file has */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (where[0] == '/'));
    (void)sendto(fd, message, strlen(message), MSG_NOSIGNAL, (const struct sockaddr *)&to, bytes);
    (void)close(fd);
}

int serve_watchdog_ms(void)
{
    int64_t allowed_us = 0, pid = 0;
    const char *usec = getenv("WATCHDOG_USEC"), *whose = getenv("WATCHDOG_PID");
    if (usec == NULL || !str_to_i64(str_of(usec), &allowed_us) || allowed_us < 2000) return 0;
    if (whose != NULL && (!str_to_i64(str_of(whose), &pid) || pid != getpid())) return 0;
    return allowed_us / 2000 > INT_MAX ? INT_MAX : (int)(allowed_us / 2000);
}
