/* SPDX-License-Identifier: Apache-2.0
 * salve.conf: what is read, who counts more, and what is refused in which words. */
#include <stdlib.h>

#include "base/limits.h"
#include "config/config.h"
#include "t.h"

struct fixture {
    struct arena *mem;
    struct config config;
    struct salve_err err;
};

static struct fixture begin(void)
{
    struct fixture f = {.mem = arena_open(1 << 20)};
    config_defaults(&f.config);
    return f;
}

static enum salve_code read_text(struct fixture *f, const char *text)
{
    return config_read(str_of(text), "/etc/salve/salve.conf", f->mem, &f->config, &f->err);
}

static void a_file_is_read(void **state)
{
    (void)state;
    struct fixture f = begin();
    assert_ok(read_text(&f, "# a remark\n; another\n\n[ listen ]\r\n  address =  [::1]:0  \r\nname=salve.home.arpa\n"
                            "[store]\npath = /srv/a = b # no remark\n"));
    assert_string_equal(config_text(&f.config, CONFIG_LISTEN_ADDRESS), "[::1]:0");
    assert_string_equal(config_text(&f.config, CONFIG_LISTEN_NAME), "salve.home.arpa");
    assert_string_equal(config_text(&f.config, CONFIG_STORE_PATH), "/srv/a = b # no remark");
    assert_str(config_where(&f.config, CONFIG_LISTEN_NAME, f.mem), "/etc/salve/salve.conf:6");
    assert_null(config_text(&f.config, CONFIG_STORE_KEY_FILE));
    assert_str(config_where(&f.config, CONFIG_LISTEN_TLS, f.mem), "default");
    assert_true(config_is(&f.config, CONFIG_LISTEN_TLS, "local"));
    arena_close(f.mem);
}

/* What is said in each order: an option counts more than the environment, that more than the file. */
static void the_order_of_sources_does_not_depend_on_the_order_of_calls(void **state)
{
    (void)state;
    char *const environment[] = {"HOME=/root", "SALVE_SITE=/from/older", "SALVE_LISTEN_ADDRESS=127.0.0.1:2",
                                 "SALVE_BACKUP_TO=", NULL};
    const char *text =
        "[store]\npath = /from/file\nkey_file = /k\n[listen]\naddress = 127.0.0.1:1\n[backup]\nto = /b\n";
    for (int order = 0; order < 6; order++) {
        struct fixture f = begin();
        for (int step = 0; step < 3; step++) {
            int what = (step + order) % 3;
            if (order >= 3) what = 2 - what;
            if (what == 0) assert_ok(read_text(&f, text));
            if (what == 1) assert_ok(config_environment(environment, f.mem, &f.config, &f.err));
            if (what == 2)
                assert_ok(config_flag(CONFIG_LISTEN_ADDRESS, "--listen", "localhost:3", f.mem, &f.config, &f.err));
        }
        assert_string_equal(config_text(&f.config, CONFIG_LISTEN_ADDRESS), "localhost:3");
        assert_str(config_where(&f.config, CONFIG_LISTEN_ADDRESS, f.mem), "--listen");
        assert_string_equal(config_text(&f.config, CONFIG_STORE_PATH), "/from/older");
        assert_str(config_where(&f.config, CONFIG_STORE_PATH, f.mem), "SALVE_SITE");
        assert_string_equal(config_text(&f.config, CONFIG_STORE_KEY_FILE), "/k");
        assert_string_equal(config_text(&f.config, CONFIG_BACKUP_TO), "/b"); /* an empty variable says nothing */
        arena_close(f.mem);
    }
}

static void the_newer_name_of_a_variable_counts_more(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct fixture f = begin();
        char *const environment[] = {i == 0 ? "SALVE_STORE_PATH=/new" : "SALVE_SITE=/old",
                                     i == 0 ? "SALVE_SITE=/old" : "SALVE_STORE_PATH=/new", NULL};
        assert_ok(config_environment(environment, f.mem, &f.config, &f.err));
        assert_string_equal(config_text(&f.config, CONFIG_STORE_PATH), "/new");
        arena_close(f.mem);
    }
}

/* A file that is refused: the line, the place and the rule. */
static void refuses(const char *text, unsigned line, const char *element, const char *why)
{
    struct fixture f = begin();
    assert_code(read_text(&f, text), SALVE_E_CONFIG);
    assert_string_equal(f.err.in, "/etc/salve/salve.conf");
    assert_int_equal(f.err.line, line);
    assert_string_equal(f.err.element, element);
    assert_string_equal(f.err.why, why);
    arena_close(f.mem);
}

static void what_is_not_known_is_refused_with_the_nearest(void **state)
{
    (void)state;
    refuses("[listen]\nadress = 127.0.0.1:1\n", 2, "[listen] adress",
            "there is no such key; did you mean address in [listen]?");
    refuses("[store]\naddress = 127.0.0.1:1\n", 2, "[store] address",
            "there is no such key; did you mean address in [listen]?");
    refuses("[listen]\nfrobnicate = 1\n", 2, "[listen] frobnicate",
            "there is no such key; 'salve config show' lists them");
    refuses("\n[lisen]\n", 2, "section [lisen]", "there is no such section; did you mean [listen]?");
    refuses("[print]\n", 1, "section [print]", "there is no such section; 'salve config show' lists them");
}

static void what_is_not_of_the_format_is_refused(void **state)
{
    (void)state;
    refuses("path = /a\n", 1, "path", "no section stands before it, such as [store]");
    refuses("[store]\npath\n", 2, "line", "a line is [section], key = value, or begins with #");
    refuses("[store]\n= /a\n", 2, "line", "a line is [section], key = value, or begins with #");
    refuses("[store\n", 1, "line", "a section is written [store]");
    refuses("[store]\npath = /a\n[listen]\n[store]\npath = /b\n", 5, "[store] path", "it stands in line 2 as well");
    refuses("[store]\npath = a\n", 2, "[store] path", "a path in this file begins with /");
    refuses("[store]\npath = /a\x1b[2J\n", 2, "[store] path", "it holds a character that cannot be printed");
    refuses("[store]\npath = /a\xff\n", 2, "line", "it is no text in UTF-8");
    refuses("[listen]\ntls = maybe\n", 2, "[listen] tls", "one of: local site public proxy");
    refuses("[listen]\ntls = local site\n", 2, "[listen] tls", "one of: local site public proxy");
}

static void addresses_and_names(void **state)
{
    (void)state;
    static const struct {
        enum config_key key;
        const char *text;
        bool is_good;
    } cases[] = {
        {CONFIG_LISTEN_ADDRESS, "127.0.0.1:8080", true},
        {CONFIG_LISTEN_ADDRESS, "0.0.0.0:443", true},
        {CONFIG_LISTEN_ADDRESS, "[2001:db8::1]:0", true},
        {CONFIG_LISTEN_ADDRESS, "localhost:65535", true},
        {CONFIG_LISTEN_ADDRESS, "localhost:65536", false},
        {CONFIG_LISTEN_ADDRESS, "::1:80", false},
        {CONFIG_LISTEN_ADDRESS, "127.0.0.1", false},
        {CONFIG_LISTEN_ADDRESS, "127.0.0.1:-1", false},
        {CONFIG_LISTEN_ADDRESS, "127.1:80", false},
        {CONFIG_LISTEN_ADDRESS, "example.org:80", false},
        {CONFIG_LISTEN_ADDRESS, ":80", false},
        {CONFIG_LISTEN_ADDRESS, "[::]:1", true},
        {CONFIG_LISTEN_ADDRESS, "[1:2:3:4:5:6:7:8]:1", true},
        {CONFIG_LISTEN_ADDRESS, "[1:2:3:4:5:6:7::]:1", true},
        {CONFIG_LISTEN_ADDRESS, "[fe80::ABCD]:1", true},
        {CONFIG_LISTEN_ADDRESS, "[1:2:3:4:5:6:7]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[1:2:3:4:5:6:7:8:9]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[1::2::3]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[:1]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[1:]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[:::]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[12345::]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[1:2:3:4:5:6:7:8::]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[]:1", false},
        {CONFIG_LISTEN_ADDRESS, "[g::]:1", false},
        {CONFIG_LISTEN_ADDRESS, "1.2.3:1", false},
        {CONFIG_LISTEN_ADDRESS, "1.2.3.4.5:1", false},
        {CONFIG_LISTEN_ADDRESS, "1.2.3.256:1", false},
        {CONFIG_LISTEN_ADDRESS, "1.2.3.04:1", false},
        {CONFIG_LISTEN_ADDRESS, "1..3.4:1", false},
        {CONFIG_LISTEN_ADDRESS, "1.2.3.:1", false},
        {CONFIG_LISTEN_ADDRESS, "127.0.0.1: 80", false},
        {CONFIG_LISTEN_NAME, "salve.home.arpa", true},
        {CONFIG_LISTEN_NAME, "a-1.b2", true},
        {CONFIG_LISTEN_NAME, "192.0.2.1", false},
        {CONFIG_LISTEN_NAME, "salve", false},
        {CONFIG_LISTEN_NAME, "-a.b", false},
        {CONFIG_LISTEN_NAME, "a-.b", false},
        {CONFIG_LISTEN_NAME, "a..b", false},
        {CONFIG_LISTEN_NAME, ".a.b", false},
        {CONFIG_LISTEN_NAME, "a.b.", false},
        {CONFIG_LISTEN_NAME, "A.b", false},
        {CONFIG_LISTEN_NAME, "a_b.c", false},
        {CONFIG_LISTEN_NAME, "h\xc3\xa4.c", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f = begin();
        enum salve_code code = config_flag(cases[i].key, "--option", cases[i].text, f.mem, &f.config, &f.err);
        if ((code == SALVE_OK) != cases[i].is_good) fail_msg("%s", cases[i].text);
        if (!cases[i].is_good) {
            assert_code(code, SALVE_E_USAGE); /* of the command line, not of a file */
            assert_string_equal(f.err.element, "--option");
        }
        arena_close(f.mem);
    }
}

static void labels_and_names_have_the_lengths_of_dns(void **state)
{
    (void)state;
    char text[300];
    struct fixture f = begin();
    (void)snprintf(text, sizeof text, "%063d.a", 0);
    assert_ok(config_flag(CONFIG_LISTEN_NAME, "-", text, f.mem, &f.config, &f.err));
    (void)snprintf(text, sizeof text, "%064d.a", 0);
    assert_code(config_flag(CONFIG_LISTEN_NAME, "-", text, f.mem, &f.config, &f.err), SALVE_E_USAGE);
    (void)snprintf(text, sizeof text, "%060d.%060d.%060d.%055d.a", 0, 0, 0, 0);
    assert_ok(config_flag(CONFIG_LISTEN_NAME, "-", text, f.mem, &f.config, &f.err));
    (void)snprintf(text, sizeof text, "%060d.%060d.%060d.%060d.a", 0, 0, 0, 0);
    assert_code(config_flag(CONFIG_LISTEN_NAME, "-", text, f.mem, &f.config, &f.err), SALVE_E_USAGE);
    arena_close(f.mem);
}

static void variables_that_mean_a_key_are_one(void **state)
{
    (void)state;
    struct fixture f = begin();
    char *const good[] = {"SALVE_DATA=/x", "SALVE_PIN_FILE=/y", "SALVE=", "SALVE_STOREPATH=/z", NULL};
    char *const wrong[] = {"SALVE_LISTEN_ADRESS=127.0.0.1:1", NULL};
    char *const value[] = {"SALVE_LISTEN_TLS=maybe", NULL};
    assert_ok(config_environment(good, f.mem, &f.config, &f.err));
    assert_code(config_environment(wrong, f.mem, &f.config, &f.err), SALVE_E_CONFIG);
    assert_string_equal(f.err.element, "SALVE_LISTEN_ADRESS");
    assert_string_equal(f.err.why, "there is no such key; did you mean SALVE_LISTEN_ADDRESS?");
    assert_code(config_environment(value, f.mem, &f.config, &f.err), SALVE_E_CONFIG);
    assert_string_equal(f.err.in, "SALVE_LISTEN_TLS");
    arena_close(f.mem);
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct fixture f = begin();
    char *text = malloc(SALVE_CONFIG_FILE_BYTES_MAX + 1);
    memset(text, '#', SALVE_CONFIG_FILE_BYTES_MAX + 1);
    assert_code(config_read(str_make(text, SALVE_CONFIG_FILE_BYTES_MAX + 1), "f", f.mem, &f.config, &f.err),
                SALVE_E_TOO_BIG);
    assert_code(config_read(str_make(text, SALVE_CONFIG_LINE_BYTES_MAX + 1), "f", f.mem, &f.config, &f.err),
                SALVE_E_TOO_BIG);
    assert_int_equal(f.err.line, 1);
    assert_ok(config_read(str_make(text, SALVE_CONFIG_LINE_BYTES_MAX), "f", f.mem, &f.config, &f.err));
    free(text);
    assert_code(config_load("/nonexistent/salve.conf", f.mem, &f.config, &f.err), SALVE_E_NOT_FOUND);
    arena_close(f.mem);
}

/* Text of a file that each check answers: NULL is a good one. */
static void checks(const char *text, const char *element)
{
    struct fixture f = begin();
    assert_ok(read_text(&f, text));
    enum salve_code code = config_check(&f.config, &f.err);
    if (element == NULL)
        assert_code(code, SALVE_OK);
    else {
        assert_code(code, SALVE_E_CONFIG);
        assert_string_equal(f.err.element, element);
        assert_int_equal(f.err.line > 0, strstr(text, "address = 0.0.0.0:80") != NULL); /* where it was said */
    }
    arena_close(f.mem);
}

static void values_fit_each_other(void **state)
{
    (void)state;
    checks("", NULL);
    checks("[listen]\naddress = 0.0.0.0:80\n", "[listen] address");
    checks("[listen]\naddress = 0.0.0.0:80\ntls = proxy\nname = a.b\n", "[listen] address");
    checks("[listen]\naddress = [::1]:80\ntls = proxy\nname = a.b\n", NULL);
    checks("[listen]\naddress = 0.0.0.0:443\ntls = site\n", "[listen] name");
    checks("[listen]\naddress = 0.0.0.0:443\ntls = site\nname = a.b\n", NULL);
    checks("[listen]\ntls = public\nname = a.b\n", "[listen] certificate");
    checks("[listen]\ntls = public\nname = a.b\ncertificate = /c\n", "[listen] key");
    checks("[listen]\ntls = public\nname = a.b\ncertificate = /c\nkey = /k\n", NULL);
}

static void sets(const char *text, enum config_key key, const char *value, const char *want)
{
    struct fixture f = begin();
    struct str out;
    assert_ok(config_set(str_of(text), key, value, f.mem, &out, &f.err));
    assert_str(out, want);
    assert_ok(config_set(out, key, value, f.mem, &out, &f.err)); /* once more changes nothing */
    assert_str(out, want);
    arena_close(f.mem);
}

static void a_key_is_written_and_all_else_stays(void **state)
{
    (void)state;
    sets("", CONFIG_LISTEN_TLS, "site", "[listen]\ntls = site\n");
    sets("[store]\npath = /a", CONFIG_LISTEN_TLS, "site", "[store]\npath = /a\n\n[listen]\ntls = site\n");
    sets("[listen]\n# tls = local\n# more\n", CONFIG_LISTEN_TLS, "site", "[listen]\ntls = site\n# more\n");
    sets("[listen]\n# tls = local\ntls = public\nname = a.b\n", CONFIG_LISTEN_TLS, "site",
         "[listen]\n# tls = local\ntls = site\nname = a.b\n");
    sets("[listen]\nname = a.b\n[store]\n# tls = local\n", CONFIG_LISTEN_TLS, "site",
         "[listen]\ntls = site\nname = a.b\n[store]\n# tls = local\n");
    struct fixture f = begin();
    struct str out;
    assert_code(config_set(STR("[listen]\n"), CONFIG_LISTEN_TLS, "a", f.mem, &out, &f.err), SALVE_E_CONFIG);
    assert_code(config_set(STR("nothing"), CONFIG_LISTEN_TLS, "site", f.mem, &out, &f.err), SALVE_E_CONFIG);
    arena_close(f.mem);
}

static void what_changed_is_known(void **state)
{
    (void)state;
    struct fixture f = begin(), g = begin();
    assert_ok(read_text(&g, "[listen]\ncertificate = /c\naddress = 127.0.0.1:8080\n"));
    assert_true(config_is_changed(&f.config, &g.config, CONFIG_LISTEN_CERTIFICATE));
    assert_false(config_is_changed(&f.config, &g.config, CONFIG_LISTEN_ADDRESS)); /* the default, said aloud */
    assert_false(config_is_changed(&f.config, &g.config, CONFIG_LISTEN_NAME));
    assert_true(config_rows[CONFIG_LISTEN_CERTIFICATE].is_reloaded);
    assert_false(config_rows[CONFIG_LISTEN_ADDRESS].is_reloaded);
    arena_close(f.mem);
    arena_close(g.mem);
}

static void every_row_is_whole(void **state)
{
    (void)state;
    struct fixture f = begin();
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        const struct config_row *row = &config_rows[i];
        assert_true((row->kind == CONFIG_KIND_WORD) == (row->words != NULL));
        assert_true(str_ends(str_of(row->help), STR(".")));
        if (row->otherwise != NULL)
            assert_ok(config_flag((enum config_key)i, "-", row->otherwise, f.mem, &f.config, &f.err));
        assert_true(str_starts(str_of(config_variable((enum config_key)i, f.mem)), STR("SALVE_")));
    }
    arena_close(f.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(the_order_of_sources_does_not_depend_on_the_order_of_calls),
        cmocka_unit_test(the_newer_name_of_a_variable_counts_more),
        cmocka_unit_test(what_is_not_known_is_refused_with_the_nearest),
        cmocka_unit_test(what_is_not_of_the_format_is_refused),
        cmocka_unit_test(addresses_and_names),
        cmocka_unit_test(labels_and_names_have_the_lengths_of_dns),
        cmocka_unit_test(variables_that_mean_a_key_are_one),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(values_fit_each_other),
        cmocka_unit_test(a_key_is_written_and_all_else_stays),
        cmocka_unit_test(what_changed_is_known),
        cmocka_unit_test(every_row_is_whole),
    };
    return t_run(tests);
}
