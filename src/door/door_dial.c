/* SPDX-License-Identifier: Apache-2.0
 *
 * A command line beside a running server: the socket beside the folder of its site. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "door/door.h"

/* A path of any length: from a folder that is open, the name alone has to fit into an address. */
static bool connect_at(int fd, const char *path)
{
    char folder[PATH_MAX];
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *slash = strrchr(path, '/');
    int folder_len = slash == NULL ? 0 : (int)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s/", folder_len, path);
    int parent = open(slash == NULL ? "." : folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return false;
    int len =
        snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/%s", parent, slash == NULL ? path : slash + 1);
    bool fits = len > 0 && (size_t)len < sizeof at.sun_path;
    bool is_connected = fits && connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    int why = errno;
    (void)close(parent);
    errno = why;
    return is_connected;
}

/* Whoever may make files in the folder around could listen there instead, and be told PINs. So a socket that has a
 * folder of its own is that of the folder's owner, where nobody else may make files in it. */
static enum salve_code check_owner(int fd, const char *dir, bool is_around, const char *path, struct salve_err *err)
{
    struct stat folder;
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    if (stat(dir, &folder) == 0 && (!is_around || (folder.st_mode & 022) == 0) &&
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0 && (peer.uid == folder.st_uid || peer.uid == 0))
        return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFIG, "a program of somebody else than the owner of the site listens there",
                        "%s", path);
}

static enum salve_code check_socket(int fd, const char *dir, const char *socket, const char *path,
                                    struct salve_err *err)
{
    char around[PATH_MAX];
    if (socket == NULL) return check_owner(fd, dir, false, path, err);
    (void)snprintf(around, sizeof around, "%s", socket);
    char *slash = strrchr(around, '/');
    if (slash != NULL) slash[slash == around] = '\0';
    return check_owner(fd, slash == NULL ? "." : around, true, path, err);
}

/* Whatever way leads to the folder, its socket is beside the folder itself. */
bool door_socket_path(const char *dir, char path[PATH_MAX])
{
    char whole[PATH_MAX];
    const char *name = realpath(dir, whole) != NULL ? whole : dir;
    size_t len = strlen(name);
    while (len > 1 && name[len - 1] == '/') len--;
    return snprintf(path, PATH_MAX, "%.*s.sock", (int)len, name) < PATH_MAX;
}

/* Nobody there is no error; a door that is closed to this user is, where it was named. */
static enum salve_code not_connected(int why, const char *named, struct salve_err *err)
{
    if (named == NULL || (why != EACCES && why != EPERM)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_IO, "only root and members of its group work through this server", "%s", named);
}

enum salve_code door_dial(const char *dir, const char *named, struct clock clock, struct site **out,
                          struct salve_err *err)
{
    char path[PATH_MAX];
    *out = NULL;
    if (named == NULL && !door_socket_path(dir, path)) return SALVE_OK;
    if (named != NULL && snprintf(path, sizeof path, "%s", named) >= PATH_MAX) return SALVE_OK;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return salve_fail(err, SALVE_E_IO, "gate");
    if (!connect_at(fd, path)) {
        enum salve_code refused = not_connected(errno, named, err);
        (void)close(fd);
        return refused;
    }
    enum salve_code code = check_socket(fd, dir, named, path, err);
    if (code != SALVE_OK) {
        (void)close(fd);
        return code;
    }
    const struct door_connect ask = {.fds = &fd, .fd_count = 1, .page_fd = -1, .clock = clock};
    return door_connect(&ask, out, err);
}
