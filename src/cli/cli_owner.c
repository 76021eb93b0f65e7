/* SPDX-License-Identifier: Apache-2.0
 * Root becomes the owner of the machine's site. */
#include "cli/cli_owner.h"

#include <grp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli_config.h"
#include "cli/cli_open.h"
#include "crypto/crypto.h"

#define MADE    "made" /* beside the folder */
#define MANAGED "/run/systemd/system"

enum { KEY_BYTES = 32, KEY_BYTES_MAX = 4096, WAIT_MS = 20 * 1000, STEP_MS = 100 };

enum salve_code cli_key_file_make(const char *path, struct salve_err *err)
{
    uint8_t bytes[KEY_BYTES];
    if (access(path, F_OK) == 0) return SALVE_OK;
    crypto_random(bytes, sizeof bytes);
    enum salve_code code = file_write(path, str_bytes(bytes, sizeof bytes), 0600, err);
    crypto_zero(bytes, sizeof bytes);
    return code;
}

/* Whose the folder is; of one that is not there yet, whose the folder around it is. */
static bool find_owner(const char *dir, struct stat *out)
{
    char around[4096];
    if (stat(dir, out) == 0) return true;
    size_t len = strlen(dir);
    if (len >= sizeof around) return false;
    memcpy(around, dir, len + 1);
    char *slash = strrchr(around, '/');
    if (slash == NULL) return stat(".", out) == 0;
    slash[slash == around] = '\0';
    return stat(around, out) == 0;
}

/* Who may read a key file was decided by its owner; others than root and this process see none of the copy. */
static enum salve_code check_source(const char *path, struct salve_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0) return file_fail(err, path);
    if ((info.st_mode & 077) == 0) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s", path);
    return salve_why(err, SALVE_E_CONFIG, "others may read this key file (mode %03o): chmod 600 '%s'",
                     (unsigned)info.st_mode & 0777, path);
}

/* A copy in memory that has no name, for the owner to read. */
static enum salve_code hold(const char *path, const struct stat *owner, struct arena *mem, const char **out,
                            struct salve_err *err)
{
    char bytes[KEY_BYTES_MAX];
    size_t len = 0;
    TRY(check_source(path, err));
    TRY(file_read_secret(path, bytes, sizeof bytes, &len, err));
    int fd = memfd_create("key", MFD_CLOEXEC); /* as long as this process */
    bool is_held = fd >= 0 && write(fd, bytes, len) == (ssize_t)len && fchmod(fd, 0400) == 0 &&
                   fchown(fd, owner->st_uid, owner->st_gid) == 0;
    crypto_zero(bytes, sizeof bytes);
    if (!is_held) return file_fail(err, path);
    *out = arena_printf(mem, "/proc/self/fd/%d", fd).ptr;
    return *out == NULL ? salve_fail(err, SALVE_E_MEMORY, "key file") : SALVE_OK;
}

static enum salve_code become(const struct stat *owner, struct salve_err *err)
{
    bool is_done = setgroups(0, NULL) == 0 && setresgid(owner->st_gid, owner->st_gid, owner->st_gid) == 0 &&
                   setresuid(owner->st_uid, owner->st_uid, owner->st_uid) == 0 && setuid(0) != 0;
    return is_done ? SALVE_OK : salve_fail(err, SALVE_E_CONFIG, "the user of the site");
}

static bool is_for_other(const struct cli *cli, struct stat *owner)
{
    bool is_root = geteuid() == 0 && cli_is_system(cli);
    return is_root && find_owner(config_text(&cli->config, CONFIG_STORE_PATH), owner) && owner->st_uid != 0;
}

bool cli_has_other_owner(const struct cli *cli)
{
    struct stat owner;
    return is_for_other(cli, &owner);
}

enum salve_code cli_become_owner(struct cli *cli, bool is_new, struct salve_err *err)
{
    struct stat owner;
    struct cli_values *fresh = &cli->options[OPT_NEW_KEY_FILE];
    struct config_value *key = &cli->config.values[CONFIG_STORE_KEY_FILE];
    if (!is_for_other(cli, &owner)) return SALVE_OK;
    if (is_new && key->text != NULL) TRY(cli_key_file_make(key->text, err));
    if (key->text != NULL) TRY(hold(key->text, &owner, cli->mem, &key->text, err));
    for (size_t i = 0; i < fresh->count; i++) {
        TRY(cli_key_file_make(fresh->value[i], err));
        TRY(hold(fresh->value[i], &owner, cli->mem, &fresh->value[i], err));
    }
    return become(&owner, err);
}

/* --- the service -------------------------------------------------------------------------------------------------- */

static enum salve_code make_mark(struct cli *cli, struct salve_err *err)
{
    struct str dir = str_of(cli_site_dir(cli));
    size_t slash = dir.len;
    while (slash > 0 && dir.ptr[slash - 1] != '/') slash--;
    struct str mark = arena_printf(cli->mem, "%.*s" MADE, (int)slash, dir.ptr);
    return mark.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "service") : file_write(mark.ptr, STR(""), 0600, err);
}

enum salve_code cli_service_start(struct cli *cli, bool *is_there, struct salve_err *err)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000 * 1000};
    *is_there = false;
    TRY(make_mark(cli, err));
    if (access(MANAGED, F_OK) != 0) return SALVE_OK;
    for (int waited = 0; waited < WAIT_MS && cli->visit.site == NULL && !cli_interrupted(); waited += STEP_MS) {
        (void)nanosleep(&step, NULL);
        TRY(cli_served(cli, err));
    }
    *is_there = cli->visit.site != NULL;
    if (!*is_there) cli_warn("The service does not answer yet: systemctl status salve\n");
    return SALVE_OK;
}
