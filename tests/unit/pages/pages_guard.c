/* SPDX-License-Identifier: Apache-2.0
 * Who may call: every row of requests/guard.cases. A row begins with the request that a page of ours makes; "-" takes a
 * header line away, "+" puts another value, "&" puts one beside it. %C and %T are cookie and token of the session, %V
 * the value of its cookie; %C2 and %T2 are those of another one. */
#include "pages_world.h"

#include "base/file.h"

struct asked {
    struct http_request request;
    struct arena *mem;
    const struct browser *own, *other;
};

static struct str filled(const struct asked *in, struct str text)
{
    const struct {
        const char *name, *value;
    } words[] = {{"%C2", in->other->cookie},
                 {"%T2", in->other->token},
                 {"%C", in->own->cookie},
                 {"%T", in->own->token},
                 {"%V", in->own->cookie + sizeof "sid=" - 1}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ptrdiff_t at = str_find(text, str_of(words[i].name));
        if (at < 0) continue;
        size_t end = (size_t)at + strlen(words[i].name);
        return arena_printf(in->mem, "%.*s%s%.*s", (int)at, text.ptr, words[i].value,
                            STR_ARGS(str_cut(text, end, text.len)));
    }
    return text;
}

static size_t header_at(const struct asked *in, struct str name)
{
    size_t at = 0;
    while (at < in->request.header_count && !str_eq(in->request.headers[at].name, name)) at++;
    return at;
}

static void take_away(struct asked *in, struct str name)
{
    size_t at = header_at(in, name);
    if (at < in->request.header_count) in->request.headers[at] = in->request.headers[--in->request.header_count];
}

static void put(struct asked *in, struct str name, struct str value)
{
    in->request.headers[in->request.header_count++] = (struct http_header){name, filled(in, value)};
}

static void begin(struct asked *in, struct str line)
{
    struct str first, rest = STR("");
    static const char *const usual[][2] = {{"Host", "127.0.0.1:8080"},
                                           {"Origin", "http://127.0.0.1:8080"},
                                           {"Sec-Fetch-Site", "same-origin"},
                                           {"Content-Type", "application/json"},
                                           {"Cookie", "%C"},
                                           {"X-Salve-Token", "%T"}};
    if (!str_split(line, ' ', &first, &rest)) first = line, rest = STR("");
    bool is_get = str_is(first, "GET"), is_post = str_is(first, "POST");
    in->request = (struct http_request){.method = is_get ? HTTP_GET : HTTP_POST};
    in->request.path = is_get || is_post ? rest : arena_printf(in->mem, "/call/%.*s", STR_ARGS(first));
    in->request.body = is_get || is_post ? STR("") : rest;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) put(in, str_of(usual[i][0]), str_of(usual[i][1]));
}

static void change(struct asked *in, struct str line)
{
    struct str rest = str_cut(line, 2, line.len), name, value;
    if (line.ptr[0] == '-') {
        take_away(in, rest);
        return;
    }
    if (!str_split(rest, ':', &name, &value)) abort();
    if (line.ptr[0] == '+') take_away(in, name);
    put(in, name, str_trim(value));
}

static void judge(struct pages_world *world, const struct asked *in, struct str name, struct str want)
{
    struct str status, code = STR("");
    int64_t number = 0;
    if (!str_split(want, ' ', &status, &code)) status = want, code = STR("");
    struct answer answer = pages_ask(world, &in->request);
    bool is_right = str_to_i64(status, &number) && answer.status == (int)number &&
                    (code.len == 0 || str_eq(text_of(answer, "error.code"), code));
    bool is_refused = answer.status >= 400;
    bool says_nothing =
        str_find(answer.body, STR("Adeyemi")) < 0 && (!is_refused || str_find(answer.body, str_of(in->own->token)) < 0);
    bool has_policy = str_find(answer.lines, STR("Content-Security-Policy: default-src 'none'")) >= 0;
    if (is_right && says_nothing && has_policy)
        t_pass();
    else
        t_fail(arena_printf(in->mem, "%.*s", STR_ARGS(name)).ptr, "got %d %.*s", answer.status, STR_ARGS(answer.body));
}

int main(void)
{
    struct pages_world *world = pages_world_make("pages-guard", false);
    struct browser own = browser_login(world, STR("nurse-ben")), other = browser_login(world, STR("nurse-ben"));
    struct asked in = {.mem = world->w.t->mem, .own = &own, .other = &other};
    struct str text, line, name = STR("");
    bool is_first = false;
    t_must(file_read("tests/unit/pages/requests/guard.cases", 1 << 20, in.mem, &text, &err));
    assert_status(browser_open(&own, world->w.card), 200);
    while (str_next_line(&text, &line)) {
        if (str_starts(line, STR("=== "))) {
            name = str_cut(line, 4, line.len);
            is_first = true;
        } else if (is_first) {
            begin(&in, line);
            is_first = false;
        } else if (str_starts(line, STR("is: ")))
            judge(world, &in, name, str_cut(line, 4, line.len));
        else if (line.len > 2)
            change(&in, line);
    }
    pages_world_drop(world);
    return t_end();
}
