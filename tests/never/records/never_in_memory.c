/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read does not stay in the memory of the process: after rec_close and site_close no name and no card
 * of the person is found in it. What is looked for is kept turned over, so that the search does not find itself. */
#include <fcntl.h>
#include <inttypes.h>

#include "t_site.h"

enum { TURN = 0x5a, WORD_BYTES_MAX = 64, PAGE_BYTES = 1 << 16 };

struct word {
    uint8_t turned[WORD_BYTES_MAX];
    size_t len;
};

static struct word turned(struct str text)
{
    struct word word = {.len = text.len};
    for (size_t i = 0; i < text.len && i < WORD_BYTES_MAX; i++) word.turned[i] = (uint8_t)text.ptr[i] ^ TURN;
    return word;
}

static bool is_at(const uint8_t *bytes, const struct word *word)
{
    for (size_t i = 0; i < word->len; i++)
        if ((bytes[i] ^ TURN) != word->turned[i]) return false;
    return true;
}

/* How often the word stands in the writable memory of this process, its stack included. */
static size_t found(const struct word *word)
{
    static uint8_t page[PAGE_BYTES];
    char line[512], mode[8];
    size_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (maps == NULL || mem < 0) abort();
    while (fgets(line, sizeof line, maps) != NULL) {
        uint64_t from = 0, to = 0;
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to, mode) != 3 || mode[1] != 'w') continue;
        for (uint64_t at = from; at < to; at += PAGE_BYTES - WORD_BYTES_MAX) {
            ssize_t got = pread(mem, page, PAGE_BYTES, (off_t)at);
            bool is_own = at < (uint64_t)(uintptr_t)(page + PAGE_BYTES) && at + PAGE_BYTES > (uint64_t)(uintptr_t)page;
            for (ssize_t i = 0; !is_own && i + (ssize_t)word->len <= got; i++) count += is_at(page + i, word);
        }
    }
    explicit_bzero(page, sizeof page);
    (void)fclose(maps);
    (void)close(mem);
    return count;
}

static void what_was_read_is_gone_after_closing(void **state)
{
    (void)state;
    if (T_IS_SANITIZED) skip(); /* it keeps what was freed, on purpose */
    struct t_site *t = t_site_make("in-memory", false);
    struct rec_enrolled who = t_enrol(t, "Canaryname", "1972-03-14");
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    (void)t_save_weight(t, view, "71.2519");
    t_close_view(&view);
    const struct word name = turned(STR("Canaryname")), value = turned(STR("71.2519")), card = turned(who.card);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    assert_true(t_count(view) > 0);
    assert_true(found(&name) > 0); /* the search finds what is there */
    t_close_view(&view);
    struct arena *mem = arena_open_private((size_t)1 << 24); /* all that the person takes away, and who looked */
    const struct rec_resource *all;
    size_t count;
    view = t_open(t, t_person("1972-03-14"), PURPOSE_SELF, who.card);
    assert_ok(rec_take(view, mem, &all, &count, NULL));
    t_close_view(&view);
    arena_close(mem);
    arena_close(t->mem);
    t->mem = NULL;
    assert_int_equal(found(&name), 0);
    assert_int_equal(found(&value), 0);
    assert_int_equal(found(&card), 0);
    t_site_close(t);
    assert_int_equal(found(&name), 0);
    assert_int_equal(found(&value), 0);
    assert_int_equal(found(&card), 0);
    t->mem = arena_open(1 << 20);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_read_is_gone_after_closing)};
    return t_run(tests);
}
