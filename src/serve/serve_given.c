/* SPDX-License-Identifier: Apache-2.0
 * A given certificate and its key on their way from files to web: copied into memory that has descriptors, so that web
 * needs no file, and another web gets the same after a crash, whatever lies in the files by then. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/serve_super_int.h"

static void close_both(int fds[2])
{
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0) (void)close(fds[i]);
        fds[i] = -1;
    }
}

static enum salve_code unread(const char *what, const char *path, struct salve_err *err)
{
    int why = errno;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s %s", what, path);
    return salve_why(err, SALVE_E_CONFIG, "%s", strerror(why));
}

/* Whoever waits at a pipe waits for ever: files alone. */
static int open_file(const char *path)
{
    struct stat is;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || (fstat(fd, &is) == 0 && S_ISREG(is.st_mode))) return fd;
    (void)close(fd);
    errno = EINVAL;
    return -1;
}

static enum salve_code copy_file(const char *what, const char *path, int *out, struct salve_err *err)
{
    char bytes[TLS_FILE_BYTES_MAX + 1];
    size_t have = 0;
    ssize_t n = 1;
    int from = open_file(path);
    if (from < 0) return unread(what, path, err);
    while (n > 0 && have < sizeof bytes) {
        n = read(from, bytes + have, sizeof bytes - have);
        if (n > 0) have += (size_t)n;
    }
    enum salve_code code = n < 0 ? unread(what, path, err) : SALVE_OK;
    (void)close(from);
    if (code == SALVE_OK && have == sizeof bytes)
        code = salve_refuse(err, SALVE_E_CONFIG, "it is too long", "%s %s", what, path);
    int to = code == SALVE_OK ? memfd_create(what, MFD_CLOEXEC) : -1;
    if (code == SALVE_OK && (to < 0 || write(to, bytes, have) != (ssize_t)have)) code = unread(what, path, err);
    explicit_bzero(bytes, sizeof bytes);
    *out = to;
    return code;
}

enum salve_code serve_given_open(const char *certificate, const char *key, int fds[2], struct salve_err *err)
{
    fds[0] = fds[1] = -1;
    enum salve_code code = copy_file("certificate", certificate, &fds[0], err);
    if (code == SALVE_OK) code = copy_file("certificate key", key, &fds[1], err);
    if (code != SALVE_OK) close_both(fds);
    return code;
}

enum salve_code serve_given_first(struct serve_super *super, struct salve_err *err)
{
    const struct serve_options *options = super->options;
    if (options->mode != SITE_PUBLIC) return SALVE_OK;
    if (options->certificate == NULL || options->certificate_key == NULL)
        return salve_refuse(err, SALVE_E_CONFIG, "the files of the certificate and of its key", "certificate");
    return serve_given_open(options->certificate, options->certificate_key, super->given, err);
}

void serve_given_again(struct serve_super *super, const struct serve_again *again)
{
    struct salve_err err = {0};
    const struct serve_child *web = &super->children[SERVE_WEB];
    const struct serve_message message = {.word = SERVE_GIVEN};
    bool are_named = again->certificate != NULL && again->certificate_key != NULL;
    if (super->options->mode == SITE_SITE) serve_child_tell(web, SERVE_GIVEN); /* perhaps another authority */
    if (super->options->mode != SITE_PUBLIC || !are_named) return;
    if (super->fresh[0] >= 0) { /* one at a time, so that each answer is about the one that it is taken for */
        serve_log("warning", "serve", "another certificate is being looked at; say it once more", NULL);
        return;
    }
    if (serve_given_open(again->certificate, again->certificate_key, super->fresh, &err) != SALVE_OK) {
        serve_log("error", "serve", "the certificate stays as it was", &err);
        return;
    }
    const struct serve_fds fds = {.at = {super->fresh[0], super->fresh[1]}, .count = 2};
    if (web->control >= 0) (void)!serve_send(web->control, &message, &fds, NULL);
}

void serve_given_heard(struct serve_super *super, const struct serve_message *message)
{
    struct salve_err err = {0};
    if (super->fresh[0] < 0) return;
    if (message->word == SERVE_TAKEN) {
        close_both(super->given);
        memcpy(super->given, super->fresh, sizeof super->given);
        super->fresh[0] = super->fresh[1] = -1;
        serve_log("info", "web", "the certificate is the one that is in its file now", NULL);
        return;
    }
    serve_take_error(&message->err, &err);
    serve_log("error", "web", "the certificate stays as it was", &err);
    close_both(super->fresh);
}

void serve_given_lost(struct serve_super *super) { close_both(super->fresh); }

void serve_given_drop(struct serve_super *super)
{
    close_both(super->given);
    close_both(super->fresh);
}
