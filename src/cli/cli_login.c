/* SPDX-License-Identifier: Apache-2.0
 * Who acts: PINs from a file or typed, and the memory of a login. PINs live in locked pages and nowhere else. */
#include "cli/cli_login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"

enum { PIN_FILE_BYTES_MAX = 64 << 10, MEMORY_BYTES_MAX = 1024 };

/* --- a file of PINs ----------------------------------------------------------------------------------------------- */

/* A plain file of ours that nobody else reads. */
static enum salve_code check_pin_file(int fd, const char *path, struct salve_err *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) return file_fail(err, path);
    bool is_credential = info.st_uid == 0 && info.st_gid == 0 && (info.st_mode & 037) == 0; /* of the service manager */
    if (is_credential && info.st_size <= PIN_FILE_BYTES_MAX) return SALVE_OK;
    if (info.st_uid != geteuid()) return salve_refuse(err, SALVE_E_CONFIG, "it belongs to somebody else", "%s", path);
    if ((info.st_mode & 077) != 0)
        return salve_refuse(err, SALVE_E_CONFIG, "others may use it; 'chmod 600' it", "%s", path);
    if (info.st_size > PIN_FILE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "%s", path);
    return SALVE_OK;
}

static enum salve_code read_pins(int fd, const char *path, struct cli_pins *out, struct salve_err *err)
{
    TRY(check_pin_file(fd, path, err));
    out->text = crypto_secret_alloc(PIN_FILE_BYTES_MAX);
    if (out->text == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    for (ssize_t got = 1; got > 0; out->len += (size_t)got) {
        do got = read(fd, out->text + out->len, PIN_FILE_BYTES_MAX - out->len);
        while (got < 0 && errno == EINTR);
        if (got < 0) return file_fail(err, path);
    }
    return SALVE_OK;
}

enum salve_code cli_pins_read(const char *path, struct cli_pins *out, struct salve_err *err)
{
    *out = (struct cli_pins){.path = path};
    if (path == NULL) return SALVE_OK;
    int fd = -1;
    TRY(file_open_plain(path, O_RDONLY, 0, &fd, err));
    enum salve_code code = read_pins(fd, path, out, err);
    (void)close(fd);
    if (code != SALVE_OK) cli_pins_drop(out);
    return code;
}

void cli_pins_drop(struct cli_pins *pins)
{
    crypto_secret_free(pins->text);
    pins->text = NULL;
    pins->len = 0;
}

struct str cli_pins_find(const struct cli_pins *pins, struct str name)
{
    struct str rest = str_make(pins->text, pins->len), line, id, pin;
    if (pins->text == NULL) return STR_NONE;
    while (str_next_line(&rest, &line))
        if (str_split(str_trim(line), ' ', &id, &pin) && str_eq(id, name)) return str_trim(pin);
    return STR_NONE;
}

const char *cli_pin_file(const struct cli *cli)
{
    const char *path = cli_option(cli, OPT_PIN_FILE);
    return path != NULL ? path : getenv("SALVE_PIN_FILE");
}

/* --- typed -------------------------------------------------------------------------------------------------------- */

enum salve_code cli_pin_ask(const struct cli *cli, struct str name, bool is_new, struct cli_secret *out,
                            struct salve_err *err)
{
    char question[CLI_LINE_BYTES_MAX];
    *out = (struct cli_secret){.text = crypto_secret_alloc(STAFF_SECRET_BYTES_MAX + 2)};
    char *again = crypto_secret_alloc(STAFF_SECRET_BYTES_MAX + 2);
    enum salve_code code = out->text == NULL || again == NULL ? salve_fail(err, SALVE_E_MEMORY, "PIN") : SALVE_OK;
    (void)snprintf(question, sizeof question, "%s of %.*s", is_new ? "New PIN (6 digits or more)" : "PIN",
                   STR_ARGS(name));
    if (code == SALVE_OK) code = cli_ask(cli, question, true, out->text, STAFF_SECRET_BYTES_MAX + 2, err);
    if (code == SALVE_OK && is_new)
        code = cli_ask(cli, "The same once more", true, again, STAFF_SECRET_BYTES_MAX + 2, err);
    if (code == SALVE_OK) out->len = strlen(out->text);
    if (code == SALVE_OK && is_new && strcmp(out->text, again) != 0)
        code = salve_refuse(err, SALVE_E_USAGE, "the two are not the same", "PIN");
    crypto_secret_free(again);
    if (code != SALVE_OK) cli_secret_drop(out);
    return code;
}

enum salve_code cli_new_secret(struct cli *cli, struct str id, cli_put_secret *put, void *with, struct salve_err *err)
{
    struct cli_pins file;
    struct cli_secret typed = {0};
    const char *path = cli_option(cli, OPT_NEW_PIN_FILE);
    TRY(cli_pins_read(path, &file, err));
    struct str secret = cli_pins_find(&file, id);
    enum salve_code code = SALVE_OK;
    if (path != NULL && secret.len == 0)
        code = salve_refuse(err, SALVE_E_NOT_FOUND, "there is no line with that name in it", "%s", path);
    if (path == NULL) code = cli_pin_ask(cli, id, true, &typed, err);
    if (path == NULL) secret = str_make(typed.text, typed.len);
    if (code == SALVE_OK) code = put(cli, id, secret, with, err);
    cli_secret_drop(&typed);
    cli_pins_drop(&file);
    return code;
}

/* --- the memory of a login ---------------------------------------------------------------------------------------- */

/* Number `nth` (from 1) of a line of /proc/PID/stat behind the name in parentheses; 0: there is none. */
static unsigned long long stat_number(const char *path, int nth)
{
    char line[1024];
    unsigned long long number = 0;
    size_t len = 0;
    if (file_read_secret(path, line, sizeof line - 1, &len, NULL) != SALVE_OK) return 0;
    line[len] = '\0';
    char *at = strrchr(line, ')');
    for (int field = 2; at != NULL && field < nth; field++) at = strchr(at + 1, ' ');
    if (at != NULL) number = strtoull(at + 1, NULL, 10);
    return number;
}

/* The user, the terminal, and the session on it, which has a start: another login on the same terminal is another
 * place. Empty: there is no terminal. */
static struct str place_of(const struct cli *cli)
{
    enum { TERMINAL = 7, STARTED = 22 };
    char leader[64];
    unsigned long long terminal = stat_number("/proc/self/stat", TERMINAL);
    (void)snprintf(leader, sizeof leader, "/proc/%d/stat", (int)getsid(0));
    unsigned long long started = stat_number(leader, STARTED);
    if (terminal == 0 || started == 0) return STR("");
    return arena_printf(cli->mem, "user %u terminal %llu session %d started %llu", (unsigned)geteuid(), terminal,
                        (int)getsid(0), started);
}

/* The file of this site, place and name; empty: nothing is remembered here. */
static struct str memory_path(const struct cli *cli, struct str place, struct str name)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    struct stat info;
    uint8_t hash[16];
    char hex[2 * sizeof hash + 1], site[4096];
    if (folder == NULL || folder[0] != '/' || place.len == 0) return STR("");
    if (stat(folder, &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0)
        return STR("");
    if (realpath(cli_site_dir(cli), site) == NULL) return STR("");
    struct str text = arena_printf(cli->mem, "%.*s site %s name %.*s", STR_ARGS(place), site, STR_ARGS(name));
    crypto_blake2b(text, hash, sizeof hash);
    str_hex(hash, sizeof hash, hex);
    return arena_printf(cli->mem, "%s/salve-%s", folder, hex);
}

static void remember(struct cli *cli, struct actor actor)
{
    struct str sealed, place = place_of(cli), path = memory_path(cli, place, actor.id);
    if (path.len == 0) return;
    if (staff_remember(cli->visit.site, actor, place, cli->mem, &sealed, NULL) == SALVE_OK)
        (void)!file_replace(path.ptr, sealed, 0600, NULL); /* where it cannot be, the PIN is asked again */
}

static bool recall(struct cli *cli, struct str name, struct actor *out)
{
    struct stat info;
    struct str sealed, place = place_of(cli), path = memory_path(cli, place, name);
    if (path.len == 0 || lstat(path.ptr, &info) != 0 || info.st_uid != geteuid()) return false;
    if (file_read_plain(path.ptr, MEMORY_BYTES_MAX, cli->mem, &sealed, NULL) != SALVE_OK) return false;
    enum salve_code code = staff_recall(cli->visit.site, sealed, place, cli->mem, out, NULL);
    bool is_theirs = code == SALVE_OK && str_eq(out->id, name);
    if (is_theirs)
        remember(cli, *out);
    else
        (void)unlink(path.ptr);
    return is_theirs;
}

void cli_forget(const struct cli *cli)
{
    struct str path = memory_path(cli, place_of(cli), cli->visit.actor.id);
    if (path.len > 0) (void)unlink(path.ptr);
}

/* --- logging in --------------------------------------------------------------------------------------------------- */

static enum salve_code log_in_typed(struct cli *cli, struct str name, struct actor *out, struct salve_err *err)
{
    struct cli_secret typed;
    enum salve_code code = cli_pin_ask(cli, name, false, &typed, err);
    if (code == SALVE_E_USAGE && !cli_interrupted())
        return salve_why(err, code,
                         "there is no terminal to ask on; name a file of lines 'NAME PIN' with --pin-file, "
                         "or in SALVE_PIN_FILE");
    if (code != SALVE_OK) return code;
    code = staff_login(cli->visit.site, name, str_make(typed.text, typed.len), cli->mem, out, err);
    cli_secret_drop(&typed);
    if (code == SALVE_OK) remember(cli, *out);
    return code;
}

enum salve_code cli_login(struct cli *cli, const char *as, bool is_anew, struct actor *out, struct salve_err *err)
{
    struct cli_pins pins;
    struct str name = str_of(as);
    TRY(cli_pins_read(cli_pin_file(cli), &pins, err));
    struct str pin = cli_pins_find(&pins, name);
    enum salve_code code = SALVE_OK;
    if (pin.len > 0)
        code = staff_login(cli->visit.site, name, pin, cli->mem, out, err);
    else if (is_anew || !recall(cli, name, out))
        code = log_in_typed(cli, name, out, err);
    cli_pins_drop(&pins);
    return code;
}

enum salve_code cli_with_secret(struct cli *cli, const char *as, cli_use_secret *use, void *with, struct salve_err *err)
{
    struct cli_pins pins;
    struct cli_secret typed = {0};
    struct str name = str_of(as);
    TRY(cli_pins_read(cli_pin_file(cli), &pins, err));
    struct str pin = cli_pins_find(&pins, name);
    enum salve_code code = pin.len > 0 ? SALVE_OK : cli_pin_ask(cli, name, false, &typed, err);
    if (code == SALVE_OK && pin.len == 0) pin = str_make(typed.text, typed.len);
    if (code == SALVE_OK) code = use(cli, name, pin, with, err);
    if (typed.text != NULL) cli_secret_drop(&typed);
    cli_pins_drop(&pins);
    return code;
}

enum salve_code cli_second(struct cli *cli, struct actor *room, const struct actor **out, struct salve_err *err)
{
    const char *with = cli_option(cli, OPT_WITH);
    *out = with == NULL ? NULL : room;
    return with == NULL ? SALVE_OK : cli_login(cli, with, true, room, err);
}
