/* SPDX-License-Identifier: Apache-2.0
 * What a device gets without TLS, and what identifies the server: the page and its certificate where the site has an
 * authority, the way to TLS, and never anything else. */
#include "pages_world.h"
#include "tls/tls.h"

static char der[] = "any bytes";

static enum salve_code own(void *with, struct arena *mem, struct pages_certificate *out, struct salve_err *err)
{
    (void)with;
    (void)mem;
    (void)err;
    *out = (struct pages_certificate){.mode = STR("site"),
                                      .name = STR("salve.home.arpa"),
                                      .origin = STR("https://salve.home.arpa:8443"),
                                      .words = STR("acorn badge cabin"),
                                      .fingerprint = STR("AA:BB:CC"),
                                      .authority = {der, sizeof der - 1},
                                      .until_unix_ms = INT64_C(2111000000000)};
    return SALVE_OK;
}

static enum salve_code given(void *with, struct arena *mem, struct pages_certificate *out, struct salve_err *err)
{
    enum salve_code code = own(with, mem, out, err);
    out->mode = STR("public");
    out->authority = STR("");
    return code;
}

static struct pages_world *world_with(enum salve_code (*certificate)(void *with, struct arena *mem,
                                                                     struct pages_certificate *out,
                                                                     struct salve_err *err))
{
    struct pages_world *world = pages_world_make("pages-plain", true);
    pages_close(&world->pages);
    world->config.host = STR("salve.home.arpa");
    world->config.is_tls = world->config.has_plain = true;
    world->config.certificate = certificate;
    t_must(pages_open(&world->config, &world->pages, &err));
    return world;
}

static struct answer get(struct pages_world *world, enum http_method method, const char *path, const char *language)
{
    struct http_request request = {.method = method, .path = str_of(path), .host = STR("192.0.2.7")};
    add_header(&request, "Host", "192.0.2.7");
    if (language != NULL) add_header(&request, "Accept-Language", language);
    return pages_ask(world, &request);
}

static bool has(struct str text, const char *part) { return str_find(text, str_of(part)) >= 0; }

static void a_site_with_an_authority_tells_how_to_trust_it(void **state)
{
    struct pages_world *world = world_with(own);
    (void)state;
    struct answer page = get(world, HTTP_GET, "/", NULL);
    assert_int_equal(page.status, 200);
    assert_true(has(page.body, "AA:BB:CC") && has(page.body, "acorn badge cabin"));
    assert_true(has(page.body, "https://salve.home.arpa:8443") && has(page.body, "href=\"/authority.crt\""));
    assert_false(has(page.body, "<script") || has(page.body, "<form") || has(page.body, "North"));
    assert_true(has(get(world, HTTP_GET, "/", "fr, ar;q=0.8").body, "dir=\"rtl\""));
    assert_true(has(get(world, HTTP_GET, "/", "../../etc/passwd, xx").body, "dir=\"ltr\""));
    struct answer bytes = get(world, HTTP_GET, "/authority.crt", NULL);
    assert_int_equal(bytes.status, 200);
    assert_str(bytes.body, der);
    pages_world_drop(world);
}

static void whatever_else_is_asked_leads_to_tls(void **state)
{
    static const char *const paths[] = {"/index.css", "/call/site",      "/call/login",    "/letter/x",      "/metrics",
                                        "/healthz",   "/authority.crt/", "//evil.example", "/%2e%2e/site.db"};
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct pages_world *world = world_with(way == 0 ? own : given);
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
            struct answer is = get(world, HTTP_GET, paths[i], NULL);
            assert_int_equal(is.status, 308);
            assert_int_equal(is.body.len, 0);
            assert_true(has(is.lines, "Location: https://salve.home.arpa:8443/\r\n"));
        }
        assert_int_equal(get(world, HTTP_POST, "/call/login", NULL).status, 405);
        if (way == 1) assert_int_equal(get(world, HTTP_GET, "/", NULL).status, 308);
        pages_world_drop(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_site_with_an_authority_tells_how_to_trust_it),
        cmocka_unit_test(whatever_else_is_asked_leads_to_tls),
    };
    return t_run(tests);
}
