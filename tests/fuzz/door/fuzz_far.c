/* SPDX-License-Identifier: Apache-2.0
 *
 * What a gate that is none answers: a far site is connected and has a view, and then the rest of the input is all that
 * comes. The first byte says what is asked of it. It returns a code and reads nothing that is not there. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "door/door.h"
#include "door/table_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(int fd, enum door_request request, const void *ask)
{
    struct door_bytes out = {0};
    if (door_answer_put(&out, request, SALVE_OK, NULL, ask, NULL) != SALVE_OK) abort();
    if (send(fd, out.at, out.len, MSG_NOSIGNAL) != (ssize_t)out.len) abort();
    door_bytes_drop(&out);
}

static void ignore_finding(void *with, const struct site_finding *finding) { *(size_t *)with += finding->what.len; }
static void ignore_progress(void *with, const char *step, uint64_t done, uint64_t of)
{
    *(size_t *)with += strlen(step) + (done < of);
}

static void of_site(struct site *site, unsigned which, struct arena *mem)
{
    union {
        struct site_facts facts;
        struct site_backup_state state;
        struct site_verify_result result;
        struct rec_erasure erasure;
        struct session session;
        struct rec_enrolled enrolled;
        struct work_page page;
    } out;
    struct staff *staff;
    struct str *ids;
    struct commons_file files[2] = {{{0}, {NULL, 0}}, {{1}, {NULL, 0}}};
    struct compartment *found;
    size_t count = 0, told = 0;
    const struct actor actor = {.id = STR("lina"), .role = ROLE_ASSISTANT};
    const struct work_ask ask = {.list = WORK_LIST_OPEN, .most = WORK_PAGE_MAX, .after = STR("")};
    const struct site_verify_ask verify = {.finding = ignore_finding, .progress = ignore_progress, .with = &told};
    switch (which % 12) {
    case 0:
        (void)!site_facts(site, mem, &out.facts, NULL);
        break;
    case 1:
        (void)!site_backup_state(site, mem, &out.state, NULL);
        break;
    case 2:
        (void)!site_verify(site, &verify, &out.result, NULL);
        break;
    case 3:
        (void)!rec_erase_ask(site, actor, STR("x"), mem, &out.erasure, NULL);
        break;
    case 4:
        (void)!session_begin(site, STR("lina"), STR("1"), mem, &out.session, NULL);
        break;
    case 5:
        (void)!staff_list(site, mem, &staff, &count, NULL);
        break;
    case 6:
        (void)!worklist_page(site, actor, &ask, mem, &out.page, NULL);
        break;
    case 7:
        (void)!commons_list(site, STR("form"), mem, &ids, &count, NULL);
        break;
    case 8:
        (void)!commons_files(site, files, 2, 1000, mem, NULL);
        break;
    case 9:
        (void)!rec_find(site, actor, STR("a"), STR("b"), mem, &found, &count, NULL);
        break;
    case 10:
        (void)site_keys_copy_error(site);
        break;
    default:
        (void)site_settings(site);
        (void)site_now_unix_ms(site);
    }
}

static void of_view(struct rec_view *view, unsigned which, struct arena *mem)
{
    const struct rec_resource *all, **versions;
    struct rec_look *looks;
    struct rec_consent *consents;
    struct rec_receipt receipt;
    struct work work;
    size_t count = 0, missing = 0;
    switch (which % 7) {
    case 0:
        if (rec_all(view, CLASS_BIT(CLASS_IDENT), &all, &count, NULL) == SALVE_OK)
            (void)!rec_all(view, 0, &all, &count, NULL);
        break;
    case 1:
        (void)!rec_history(view, STR("x"), mem, &versions, &count, NULL);
        break;
    case 2:
        (void)!rec_looked(view, mem, &looks, &count, &missing, NULL);
        break;
    case 3:
        (void)!rec_consents(view, mem, &consents, &count, NULL);
        break;
    case 4:
        (void)!rec_save(view, NULL, 0, &receipt, mem, NULL);
        break;
    case 5:
        (void)!worklist_mine(view, mem, &work, NULL);
        break;
    default:
        (void)!rec_take(view, mem, &all, &count, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int ends[2];
    struct site *site = NULL;
    struct rec_view *view = NULL;
    struct door_ask_door_state state = {.settings = {.name = STR("a"), .log_name = STR("a"), .languages = STR("en")}};
    struct door_ask_rec_open opened = {
        .facts = {.classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN), .until_unix_ms = INT64_MAX}};
    const struct rec_ask ask = {.purpose = PURPOSE_CARE};
    if (size < 1 || size > 64 << 10) return 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
    put(ends[0], DOOR_ASK_door_state, &state);
    put(ends[0], DOOR_ASK_rec_open, &opened);
    if (send(ends[0], data + 1, size - 1, MSG_NOSIGNAL) != (ssize_t)(size - 1)) abort();
    if (shutdown(ends[0], SHUT_WR) != 0) abort();
    struct arena *mem = arena_open_private(64 << 20);
    const struct door_connect connect = {.fds = &ends[1], .fd_count = 1, .page_fd = -1, .clock = clock_fixed(1000)};
    salve_assert(door_connect(&connect, &site, NULL) == SALVE_OK);
    salve_assert(rec_open(site, &ask, &view, NULL) == SALVE_OK);
    if (data[0] < 128)
        of_site(site, data[0], mem);
    else
        of_view(view, data[0] - 128u, mem);
    (void)!rec_close(&view, NULL);
    (void)!site_close(&site, NULL);
    arena_close(mem);
    (void)close(ends[0]);
    return 0;
}
