/* SPDX-License-Identifier: Apache-2.0
 *
 * The alarm layer: judged before every other guideline and for everybody, accepted or not. What keeps it from being
 * judged is a finding too. */
#include "base/assert.h"
#include "screen/screen_int.h"

static const char *const layer_ids[SCREEN_LAYERS] = {SCREEN_ALARMS, SCREEN_ALARMS_SITE};

bool screen_is_alarms(struct str id) { return str_is(id, SCREEN_ALARMS) || str_is(id, SCREEN_ALARMS_SITE); }

/* --- order -------------------------------------------------------------------------------------------------------- */

static bool asks(const struct finding *finding) { return str_is(finding->action, "ask-now"); }

static bool comes_before(const struct finding *a, const struct finding *b)
{
    if (a->urgency != b->urgency) return a->urgency < b->urgency;
    return a->urgency < URGENCY_ROUTINE && !asks(a) && asks(b);
}

void screen_first(struct finding *findings, size_t count)
{
    for (size_t i = 1; i < count; i++) { /* few, and mostly in order */
        struct finding one = findings[i];
        size_t at = i;
        for (; at > 0 && comes_before(&one, &findings[at - 1]); at--) findings[at] = findings[at - 1];
        findings[at] = one;
    }
}

bool screen_holds(const struct finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(findings[i].item, SCREEN_ALARMS_NOT_JUDGED)) return true;
    return false;
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static bool listed(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], text)) return true;
    return false;
}

static bool all_listed(const struct str *some, size_t some_count, const struct str *list, size_t count)
{
    for (size_t i = 0; i < some_count; i++)
        if (!listed(list, count, some[i])) return false;
    return true;
}

/* A site adds lines under the names of the table: they are admitted, have words, and everybody knows them. */
static enum salve_code uses_our_names(const struct guideline *site_part, const struct guideline *alarms,
                                      struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(site_part);
    if (alarms == NULL) return SALVE_OK; /* said already */
    for (size_t i = 0; i < info->item_count; i++) {
        const struct guideline_item *own = &info->items[i], *ours = guideline_item(alarms, own->name);
        if (ours != NULL && own->exclusion_count == 0 &&
            all_listed(own->categories, own->category_count, ours->categories, ours->category_count) &&
            all_listed(own->actions, own->action_count, ours->actions, ours->action_count))
            continue;
        return salve_refuse(err, SALVE_E_INVALID,
                            "the site's own alarms use items, categories and actions of the alarms, no others, and "
                            "exclude nobody",
                            SCREEN_ALARMS_SITE "/guideline.json: %.*s", STR_ARGS(own->name));
    }
    return SALVE_OK;
}

/* An acceptance of another content, or one that cannot be read, is none: the layer runs as it is, unconfirmed, with its
 * initial switches. */
static void open_layer(struct site *site, struct screen_layer *layer, struct arena *mem)
{
    struct salve_err trouble = {0};
    layer->is_confirmed =
        screen_accepted(site, layer->member.guideline, mem, &layer->member.acceptance, &trouble) == SALVE_OK;
    if (!layer->is_confirmed) layer->member.acceptance = (struct screen_acceptance){0};
}

void screen_layers_open(struct site *site, struct guideline *const *guidelines, size_t count, struct arena *mem,
                        struct screen *screen)
{
    struct salve_err trouble = {0};
    for (size_t l = 0; l < SCREEN_LAYERS; l++) {
        struct screen_layer *layer = &screen->layers[l];
        for (size_t i = 0; i < count; i++)
            if (str_is(guideline_info(guidelines[i])->id, layer_ids[l])) layer->member.guideline = guidelines[i];
        layer->is_wanted = true; /* the site's part only where it is there, or was once relied on */
        if (l > 0 && screen_has_acceptance(site, str_of(layer_ids[l]), mem, &layer->is_wanted, &trouble) != SALVE_OK)
            layer->is_wanted = true;
        if (layer->member.guideline == NULL)
            (void)salve_refuse(&layer->why, SALVE_E_NOT_FOUND, "there is no such guideline in the share folder",
                               "guidelines/%s", layer_ids[l]);
        else
            open_layer(site, layer, mem);
    }
    struct screen_layer *own = &screen->layers[1];
    if (own->member.guideline == NULL ||
        uses_our_names(own->member.guideline, screen->layers[0].member.guideline, &own->why) == SALVE_OK)
        return;
    own->member.guideline = NULL;
    own->is_wanted = true;
}

enum salve_code screen_broken(struct screen *screen, struct str id, const struct salve_err *why, struct arena *mem,
                              struct salve_err *err)
{
    for (size_t l = 0; l < SCREEN_LAYERS; l++) {
        if (!str_is(id, layer_ids[l])) continue;
        screen->layers[l].why = *why;
        screen->layers[l].is_wanted = true;
        return SALVE_OK;
    }
    if (screen->troubles == NULL) screen->troubles = arena_array(mem, struct screen_trouble, SCREEN_TROUBLES_MAX);
    if (screen->troubles == NULL || screen->trouble_count == SCREEN_TROUBLES_MAX)
        return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    screen->troubles[screen->trouble_count++] = (struct screen_trouble){id, *why};
    return SALVE_OK;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

enum salve_code screen_not_judged(const char *item, struct str id, const struct salve_err *why, struct arena *mem,
                                  struct finding *out, struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES];
    bool is_alarms = str_is(str_of(item), SCREEN_ALARMS_NOT_JUDGED);
    struct str *because = arena_array(mem, struct str, 1);
    if (because == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    because[0] = arena_printf(mem, "%.*s: %s %s: %s", STR_ARGS(id), salve_code_name(why->code),
                              salve_err_where(why, where), why->why[0] != '\0' ? why->why : salve_code_what(why->code));
    if (because[0].ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    *out = (struct finding){.guideline = STR(SCREEN_ALARMS),
                            .version = STR("0"),
                            .item = str_of(item),
                            .status = FINDING_NOT_JUDGED,
                            .action = is_alarms ? STR("clinician-today") : STR(""),
                            .urgency = is_alarms ? URGENCY_SAME_DAY : URGENCY_NONE,
                            .because = because,
                            .because_count = 1};
    return SALVE_OK;
}

/* The findings of one part of the layer; a part that cannot be judged is one finding. */
static enum salve_code judge_layer(const struct screen_layer *layer, const char *id, struct guideline_ask *ask,
                                   struct arena *mem, struct finding **list, size_t *count, struct salve_err *err)
{
    struct salve_err why = layer->why;
    enum salve_code code = SALVE_E_NOT_FOUND;
    *count = 0;
    *list = NULL;
    if (layer->member.guideline == NULL && !layer->is_wanted) return SALVE_OK;
    ask->choices = layer->member.acceptance.choices;
    ask->choice_count = layer->member.acceptance.choice_count;
    ask->with_reasons = false; /* a line names itself (finding.define) */
    if (layer->member.guideline != NULL)
        code = guideline_evaluate(layer->member.guideline, ask, mem, list, count, &why);
    if (code != SALVE_OK) {
        *count = 1;
        *list = arena_array(mem, struct finding, 1);
        if (*list == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
        return screen_not_judged(SCREEN_ALARMS_NOT_JUDGED, str_of(id), &why, mem, *list, err);
    }
    for (size_t i = 0; i < *count && !layer->is_confirmed; i++) (*list)[i].standing = STR(SCREEN_UNCONFIRMED);
    return SALVE_OK;
}

enum salve_code screen_judge_layers(const struct screen *screen, struct guideline_ask *ask, struct arena *mem,
                                    struct finding **list, size_t *count, struct salve_err *err)
{
    struct finding *parts[SCREEN_LAYERS];
    size_t counts[SCREEN_LAYERS], n = 0;
    for (size_t l = 0; l < SCREEN_LAYERS; l++)
        TRY(judge_layer(&screen->layers[l], layer_ids[l], ask, mem, &parts[l], &counts[l], err));
    *count = counts[0] + counts[1];
    *list = arena_array(mem, struct finding, *count + 1);
    if (*list == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t l = 0; l < SCREEN_LAYERS; l++)
        for (size_t i = 0; i < counts[l]; i++) (*list)[n++] = parts[l][i];
    return SALVE_OK;
}

void screen_person(struct guideline_ask *ask, struct arena *mem)
{
    ask->person = NULL;
    if (guideline_person_make(ask, mem, &ask->person, NULL) != SALVE_OK) ask->person = NULL;
}

enum salve_code screen_asked(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                             struct guideline_visit *visit, struct guideline_ask *out, struct salve_err *err)
{
    *out = (struct guideline_ask){
        .tapes = ask->tapes, .tape_count = ask->tape_count, .now_unix_ms = ask->now_unix_ms, .visit = visit};
    return guideline_visit_find(ask->tapes, ask->tape_count, ask->now_unix_ms, screen->zone, mem, visit, err);
}

static enum salve_code alarms(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                              struct finding **out, size_t *count, struct salve_err *err)
{
    struct guideline_visit visit;
    struct guideline_ask one;
    TRY(screen_asked(screen, ask, mem, &visit, &one, err));
    screen_person(&one, mem);
    TRY(screen_judge_layers(screen, &one, mem, out, count, err));
    screen_first(*out, *count);
    return SALVE_OK;
}

enum salve_code screen_alarms(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                              struct finding **out, size_t *count, struct salve_err *err)
{
    return screen_twice(screen, ask, alarms, mem, out, count, err);
}
