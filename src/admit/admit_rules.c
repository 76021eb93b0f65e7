/* SPDX-License-Identifier: Apache-2.0
 * Compiles the rows of admit.def and what a site adds into tables by element and type number, and prints the
 * effective list. A row that names something R4 does not have is a programmer's error. */
#include <stdlib.h>

#include "base/assert.h"
#include "admit/admit_int.h"

enum { PATTERN_BYTES_MIN = 6, PATTERN_BYTES_MAX = 64, SITE_ITEMS_MAX = 64 };

static const char *const rule_ids[] = {"",
#define X(name, id, text) id,
                                       ADMIT_RULES(X)
#undef X
};
static const char *const rule_texts[] = {"",
#define X(name, id, text) text,
                                         ADMIT_RULES(X)
#undef X
};

const char *admit_rule_id(enum admit_rule rule) { return rule_ids[rule]; }

const char *admit_rule_text(enum admit_rule rule) { return rule_texts[rule]; }

/* --- rows --------------------------------------------------------------------------------------------------------- */

struct type_row {
    const char *name;
    uint8_t owner;
    const char *subject;
};
static const struct type_row type_rows[] = {
#define X(name, owner, subject) {name, ADMIT_OWNER_##owner, subject},
    ADMIT_TYPES(X)
#undef X
};

struct list_row { /* a name, a list of words, and a tag */
    const char *name, *list;
    uint8_t tag;
};
static const struct list_row element_rows[] = {
#define X(name, list) {name, list, 0},
    ADMIT_ELEMENTS(X)
#undef X
};
static const struct list_row never_element_rows[] = {
#define X(rule, name, list) {name, list, ADMIT_##rule},
    ADMIT_NEVER_ELEMENTS(X)
#undef X
};
static const struct list_row never_type_rows[] = {
#define X(rule, name) {name, "", ADMIT_##rule},
    ADMIT_NEVER_TYPES(X)
#undef X
};
static const struct list_row never_system_rows[] = {
#define X(rule, system) {system, "", ADMIT_##rule},
    ADMIT_NEVER_SYSTEMS(X)
#undef X
};
static const struct list_row never_code_rows[] = {
#define X(rule, system, codes) {system, codes, ADMIT_##rule},
    ADMIT_NEVER_CODES(X)
#undef X
};
static const struct list_row word_rows[] = {
#define X(rule, word) {word, "", ADMIT_##rule},
    ADMIT_NEVER_WORDS(X)
#undef X
};
static const struct list_row profile_rows[] = {
#define X(rule, word) {word, "", ADMIT_##rule},
    ADMIT_NEVER_PROFILES(X)
#undef X
};
static const struct list_row identifier_rows[] = {
#define X(owner, system) {system, "", ADMIT_OWNER_##owner},
    ADMIT_IDENTIFIERS(X)
#undef X
};
static const struct list_row label_rows[] = {
#define X(rule, word) {word, "", ADMIT_##rule},
    ADMIT_NEVER_LABELS(X)
#undef X
};
static const struct list_row prefix_rows[] = {
#define X(system, codes) {system, codes, 0},
    ADMIT_PREFIXES(X)
#undef X
};
static const struct list_row never_prefix_rows[] = {
#define X(rule, system, codes) {system, codes, ADMIT_##rule},
    ADMIT_NEVER_PREFIXES(X)
#undef X
};

static const struct list_row apart_rows[] = {
#define X(family, system, codes) {system, codes, FAMILY_##family},
    ADMIT_APART_CODES(X)
#undef X
};
static const struct list_row apart_prefix_rows[] = {
#define X(family, system, codes) {system, codes, FAMILY_##family},
    ADMIT_APART_PREFIXES(X)
#undef X
};

struct set_row {
    const char *set, *system, *codes; /* codes NULL: the whole system */
};
static const struct set_row set_rows[] = {
#define X(set, system) {set, system, NULL},
    ADMIT_SYSTEMS(X)
#undef X
#define X(set, system, codes) {set, system, codes},
        ADMIT_CODES(X)
#undef X
#define X(system, codes) {"listed", system, codes},
            ADMIT_LISTED(X)
#undef X
#define X(system, codes) {"worded", system, codes},
                ADMIT_WORDED(X)
#undef X
};

struct slot_row {
    const char *type, *element, *set;
};
static const struct slot_row slot_rows[] = {
#define X(type, element, set) {type, element, set},
    ADMIT_SLOTS(X)
#undef X
};

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Cuts the next word off a list of words with single spaces between them. */
static bool next_word(struct str *list, struct str *word)
{
    while (list->len > 0 && list->ptr[0] == ' ') *list = str_cut(*list, 1, list->len);
    size_t len = 0;
    while (len < list->len && list->ptr[len] != ' ') len++;
    *word = str_cut(*list, 0, len);
    *list = str_cut(*list, len, list->len);
    return len > 0;
}

/* --- types and elements ------------------------------------------------------------------------------------------- */

static fhir_type_id type_of(const char *name)
{
    fhir_type_id type = fhir_type_find(str_of(name));
    salve_assert(type != 0 && "admit.def names a type that R4 does not have");
    return type;
}

static fhir_element_id element_of(fhir_type_id type, struct str name)
{
    fhir_element_id element = fhir_element_find(type, name);
    salve_assert(element != 0 && "admit.def names an element that R4 does not have");
    return element;
}

static uint8_t cut_mark(struct str *name)
{
    char last = name->ptr[name->len - 1];
    if (last != '!' && last != '+') return ADMIT_KEPT;
    name->len--;
    return last == '!' ? ADMIT_KEPT | ADMIT_WHOLE : ADMIT_KEPT | ADMIT_ONE_OF;
}

static void compile_elements(struct admit_rules *rules)
{
    struct str word;
    for (size_t i = 0; i < ROWS(element_rows); i++) {
        fhir_type_id type = type_of(element_rows[i].name);
        struct str list = str_of(element_rows[i].list);
        while (next_word(&list, &word)) {
            uint8_t bits = cut_mark(&word);
            rules->elements[element_of(type, word)] = bits;
        }
    }
    for (size_t i = 0; i < ROWS(never_element_rows); i++) {
        fhir_type_id type = type_of(never_element_rows[i].name);
        struct str list = str_of(never_element_rows[i].list);
        while (next_word(&list, &word)) {
            uint8_t mark = cut_mark(&word) & ADMIT_WHOLE;
            fhir_element_id element = element_of(type, word);
            rules->elements[element] = mark;
            rules->element_rules[element] = never_element_rows[i].tag;
        }
    }
}

static void compile_types(struct admit_rules *rules)
{
    for (size_t i = 0; i < ROWS(type_rows); i++) {
        fhir_type_id type = type_of(type_rows[i].name);
        rules->owners[type] = type_rows[i].owner;
        rules->subjects[type] = type_rows[i].subject[0] == '\0' ? NULL : type_rows[i].subject;
    }
    for (size_t i = 0; i < ROWS(never_type_rows); i++)
        rules->type_rules[type_of(never_type_rows[i].name)] = never_type_rows[i].tag;
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

static uint8_t set_of(struct admit_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->set_count; i++)
        if (str_is(str_of(name), rules->sets[i])) return (uint8_t)i;
    salve_assert(rules->set_count < ADMIT_SETS_MAX);
    rules->sets[rules->set_count] = name;
    return (uint8_t)rules->set_count++;
}

static int compare_facts(const void *a, const void *b)
{
    const struct admit_fact *left = a, *right = b;
    if (left->set != right->set) return left->set < right->set ? -1 : 1;
    int order = str_cmp(left->system, right->system);
    return order != 0 ? order : str_cmp(left->code, right->code);
}

static void add_fact(struct admit_rules *rules, uint8_t set, const char *system, struct str code, uint8_t rule)
{
    rules->facts[rules->fact_count++] = (struct admit_fact){str_of(system), code, set, rule};
}

static void add_codes(struct admit_rules *rules, uint8_t set, const char *system, const char *codes, uint8_t rule)
{
    struct str list = str_of(codes), code;
    while (next_word(&list, &code)) add_fact(rules, set, system, code, rule);
}

static size_t words_in(const char *list)
{
    struct str rest = str_of(list), word;
    size_t count = 0;
    while (next_word(&rest, &word)) count++;
    return count;
}

static size_t count_facts(void)
{
    size_t count = ROWS(set_rows) + ROWS(never_system_rows);
    for (size_t i = 0; i < ROWS(set_rows); i++)
        if (set_rows[i].codes != NULL) count += words_in(set_rows[i].codes);
    for (size_t i = 0; i < ROWS(never_code_rows); i++) count += words_in(never_code_rows[i].list);
    for (size_t i = 0; i < ROWS(apart_rows); i++) count += words_in(apart_rows[i].list);
    return count;
}

static void add_name(struct admit_names *names, struct str text, uint8_t tag)
{
    names->items[names->count++] = (struct admit_name){text, tag};
}

static void compile_codes(struct admit_rules *rules)
{
    for (size_t i = 0; i < ROWS(set_rows); i++) {
        uint8_t set = set_of(rules, set_rows[i].set);
        if (set_rows[i].codes != NULL)
            add_codes(rules, set, set_rows[i].system, set_rows[i].codes, 0);
        else
            add_fact(rules, set, set_rows[i].system, STR_NONE, 0);
    }
    for (size_t i = 0; i < ROWS(never_system_rows); i++)
        add_fact(rules, ADMIT_NEVER_SET, never_system_rows[i].name, STR_NONE, never_system_rows[i].tag);
    for (size_t i = 0; i < ROWS(never_code_rows); i++)
        add_codes(rules, ADMIT_NEVER_SET, never_code_rows[i].name, never_code_rows[i].list, never_code_rows[i].tag);
    for (size_t i = 0; i < ROWS(apart_rows); i++)
        add_codes(rules, ADMIT_APART_SET, apart_rows[i].name, apart_rows[i].list, apart_rows[i].tag);
    qsort(rules->facts, rules->fact_count, sizeof rules->facts[0], compare_facts);
    for (size_t i = 0; i < ROWS(slot_rows); i++)
        rules->slots[element_of(type_of(slot_rows[i].type), str_of(slot_rows[i].element))] =
            set_of(rules, slot_rows[i].set);
}

static uint64_t last_bytes(struct str text)
{
    uint64_t bytes = 0;
    size_t len = text.len < sizeof bytes ? text.len : sizeof bytes;
    if (len > 0) memcpy(&bytes, text.ptr + text.len - len, len);
    return bytes + text.len;
}

/* Of the ends, in which systems and codes differ. */
static uint32_t first_slot(const struct admit_rules *rules, uint8_t set, struct str system, struct str code)
{
    uint64_t hash = (last_bytes(system) ^ set) * 0x9e3779b97f4a7c15u;
    hash = ((hash ^ hash >> 29) + last_bytes(code)) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32) & (rules->fact_slot_count - 1);
}

static const struct admit_fact *find_fact(const struct admit_rules *rules, uint8_t set, struct str system,
                                          struct str code)
{
    for (uint32_t at = first_slot(rules, set, system, code);; at = (at + 1) & (rules->fact_slot_count - 1)) {
        if (rules->fact_slots[at] == 0) return NULL;
        const struct admit_fact *fact = &rules->facts[rules->fact_slots[at] - 1];
        if (fact->set == set && str_eq(fact->code, code) && str_eq(fact->system, system)) return fact;
    }
}

/* Places of the sorted facts by their hash; half of the slots stay free. */
static bool index_facts(struct admit_rules *rules, struct arena *mem)
{
    rules->fact_slot_count = 1;
    while (rules->fact_slot_count < 2 * rules->fact_count + 1) rules->fact_slot_count *= 2;
    rules->fact_slots = arena_array(mem, uint16_t, rules->fact_slot_count);
    salve_assert(rules->fact_count < UINT16_MAX);
    for (size_t i = 0; i < rules->fact_count && rules->fact_slots != NULL; i++) {
        const struct admit_fact *fact = &rules->facts[i];
        uint32_t at = first_slot(rules, fact->set, fact->system, fact->code);
        while (rules->fact_slots[at] != 0) at = (at + 1) & (rules->fact_slot_count - 1);
        rules->fact_slots[at] = (uint16_t)(i + 1);
    }
    return rules->fact_slots != NULL;
}

/* A code of ICD without its dot; false if it is none by its form. */
static bool icd_code(struct str code, char bare[static 8], struct str *out)
{
    size_t len = 0, dots = 0;
    if (code.len < 3 || code.len > 8) return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == '.' && i >= 3 && dots++ == 0) continue;
        if (!str_is_upper(c) && !str_is_digit(c)) return false;
        bare[len++] = c;
    }
    *out = str_make(bare, len);
    return true;
}

static const struct list_row *find_prefix(const struct list_row *rows, size_t count, struct str system, struct str code)
{
    struct str list, word;
    for (size_t i = 0; i < count; i++) {
        if (!str_is(system, rows[i].name)) continue;
        list = str_of(rows[i].list);
        while (next_word(&list, &word))
            if (str_starts(code, word)) return &rows[i];
    }
    return NULL;
}

static bool has_prefixes(struct str system)
{
    for (size_t i = 0; i < ROWS(prefix_rows); i++)
        if (str_is(system, prefix_rows[i].name)) return true;
    return false;
}

static const struct admit_own *find_own(struct str system, struct str code)
{
    size_t low = 0, high = admit_own_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(str_of(admit_own[middle].system), system);
        if (order == 0) order = str_cmp(str_of(admit_own[middle].code), code);
        if (order == 0) return &admit_own[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_own_code(struct str system, struct str code, unsigned uses)
{
    const struct admit_own *own = uses == 0 ? NULL : find_own(system, code);
    return own != NULL && (own->uses & uses) != 0;
}

/* Is the code among those that its system is taken with? A system without rows is taken whole. */
static bool is_listed(const struct admit_rules *rules, struct str system, struct str code)
{
    char bare[8];
    struct str icd;
    if (has_prefixes(system))
        return icd_code(code, bare, &icd) && find_prefix(prefix_rows, ROWS(prefix_rows), system, icd) != NULL;
    if (!admit_set_has_system(rules, rules->listed_set, system)) return true;
    return find_fact(rules, rules->listed_set, system, code) != NULL ||
           find_fact(rules, rules->observation_set, system, code) != NULL ||
           is_own_code(system, code, ADMIT_USE_LISTED);
}

bool admit_fact_has(const struct admit_rules *rules, uint8_t set, struct str system, struct str code)
{
    if (find_fact(rules, set, system, STR_NONE) != NULL) return is_listed(rules, system, code);
    return code.len > 0 && (find_fact(rules, set, system, code) != NULL || is_own_code(system, code, rules->uses[set]));
}

bool admit_code_worded(const struct admit_rules *rules, struct str system, struct str code)
{
    return find_fact(rules, rules->worded_set, system, code) != NULL;
}

struct str admit_display(struct str system, struct str code, bool *is_own)
{
    const struct admit_own *own = find_own(system, code);
    *is_own = str_starts(system, STR("urn:salve:"));
    return own == NULL ? STR_NONE : str_of(own->name);
}

bool admit_set_has_system(const struct admit_rules *rules, uint8_t set, struct str system)
{
    struct admit_fact key = {system, STR_NONE, set, 0};
    size_t low = 0, high = rules->fact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_facts(&rules->facts[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rules->fact_count && rules->facts[low].set == set && str_eq(rules->facts[low].system, system);
}

enum admit_rule admit_never_code(const struct admit_rules *rules, struct str system, struct str code)
{
    char bare[8];
    struct str icd;
    const struct admit_fact *fact = find_fact(rules, ADMIT_NEVER_SET, system, STR_NONE);
    if (fact == NULL && code.len > 0) fact = find_fact(rules, ADMIT_NEVER_SET, system, code);
    if (fact != NULL) return (enum admit_rule)fact->rule;
    if (!has_prefixes(system) || !icd_code(code, bare, &icd)) return ADMIT_OK;
    const struct list_row *row = find_prefix(never_prefix_rows, ROWS(never_prefix_rows), system, icd);
    return row == NULL ? ADMIT_OK : (enum admit_rule)row->tag;
}

static family_mask own_families(struct str system, struct str code)
{
    const struct admit_own *own = find_own(system, code);
    enum family family;
    if (own == NULL || own->apart == NULL) return 0;
    return family_find(str_of(own->apart), &family) ? FAMILY_BIT(family) : FAMILY_ALL;
}

/* Every row that the code begins with counts: a code of two families needs the yes for both. */
static family_mask prefix_families(struct str system, struct str code)
{
    family_mask families = 0;
    for (size_t i = 0; i < ROWS(apart_prefix_rows); i++)
        if (find_prefix(&apart_prefix_rows[i], 1, system, code) != NULL)
            families |= FAMILY_BIT(apart_prefix_rows[i].tag);
    return families;
}

family_mask admit_code_families(const struct admit_rules *rules, struct str system, struct str code)
{
    char bare[8];
    struct str plain;
    const struct admit_fact *fact = code.len == 0 ? NULL : find_fact(rules, ADMIT_APART_SET, system, code);
    family_mask families = fact == NULL ? 0 : FAMILY_BIT(fact->rule);
    if (str_starts(system, STR("urn:salve:"))) return families | own_families(system, code);
    return icd_code(code, bare, &plain) ? families | prefix_families(system, plain) : families;
}

bool admit_observes(const struct admit_rules *rules, struct str system, struct str code, family_mask *families)
{
    if (families != NULL) *families = admit_code_families(rules, system, code);
    return admit_fact_has(rules, rules->observation_set, system, code);
}

bool admit_words(const struct admit_rules *rules, struct str system, struct str code)
{
    return admit_code_worded(rules, system, code);
}

const struct admit_name *admit_name_find(const struct admit_names *names, struct str text)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_eq(text, names->items[i].text)) return &names->items[i];
    return NULL;
}

/* --- the site ----------------------------------------------------------------------------------------------------- */

static bool is_pattern(struct str text)
{
    size_t places = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < ' ' || text.ptr[i] > '~') return false;
        places += text.ptr[i] == '9' || text.ptr[i] == 'A';
    }
    return text.len >= PATTERN_BYTES_MIN && text.len <= PATTERN_BYTES_MAX && places >= PATTERN_BYTES_MIN;
}

static enum salve_code add_system(struct admit_rules *rules, struct str system, size_t number, struct arena *mem,
                                  struct salve_err *err)
{
    if (system.len == 0 || str_ends(system, STR("*")))
        return salve_fail(err, SALVE_E_CONFIG, "admission: identifier system %zu", number);
    enum salve_code code = arena_str(mem, system, &system, err);
    if (code == SALVE_OK) add_name(&rules->identifiers, system, ADMIT_OWNER_PERSON);
    return code;
}

static enum salve_code add_pattern(struct admit_rules *rules, struct str pattern, size_t number, struct arena *mem,
                                   struct salve_err *err)
{
    if (!is_pattern(pattern)) return salve_fail(err, SALVE_E_CONFIG, "admission: national pattern %zu", number);
    enum salve_code code = arena_str(mem, pattern, &pattern, err);
    if (code == SALVE_OK) rules->patterns.items[rules->patterns.count++] = (struct admit_name){pattern, ADMIT_N7};
    return code;
}

static enum salve_code add_site(struct admit_rules *rules, const struct admit_site *site, struct arena *mem,
                                struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    if (site->identifier_system_count > SITE_ITEMS_MAX || site->national_pattern_count > SITE_ITEMS_MAX)
        return salve_fail(err, SALVE_E_CONFIG, "admission: more than %d systems or patterns", SITE_ITEMS_MAX);
    for (size_t i = 0; i < site->identifier_system_count && code == SALVE_OK; i++)
        code = add_system(rules, site->identifier_systems[i], i + 1, mem, err);
    for (size_t i = 0; i < site->national_pattern_count && code == SALVE_OK; i++)
        code = add_pattern(rules, site->national_patterns[i], i + 1, mem, err);
    return code;
}

static bool make_room(struct arena *mem, struct admit_names *names, size_t count)
{
    names->items = arena_array(mem, struct admit_name, count + 1);
    return names->items != NULL;
}

static bool make_rooms(struct arena *mem, struct admit_rules *rules, const struct admit_site *site)
{
    rules->facts = arena_array(mem, struct admit_fact, count_facts());
    return rules->facts != NULL &&
           make_room(mem, &rules->identifiers,
                     ROWS(identifier_rows) + (site == NULL ? 0 : site->identifier_system_count)) &&
           make_room(mem, &rules->words, ROWS(word_rows)) && make_room(mem, &rules->labels, ROWS(label_rows)) &&
           make_room(mem, &rules->profiles, ROWS(profile_rows)) &&
           make_room(mem, &rules->patterns, site == NULL ? 0 : site->national_pattern_count);
}

static void add_rows(struct admit_names *names, const struct list_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) add_name(names, str_of(rows[i].name), rows[i].tag);
}

/* The ways in which a byte of a word may be written. */
static size_t ways_to_write(char c, unsigned char out[static 4])
{
    static const char digits[] = "0o1i1l3e4a5s";
    size_t count = 0;
    out[count++] = (unsigned char)c;
    if (str_is_lower(c)) out[count++] = (unsigned char)(c - 'a' + 'A');
    for (size_t d = 0; d + 1 < sizeof digits; d += 2)
        if (digits[d + 1] == c) out[count++] = (unsigned char)digits[d];
    return count;
}

static int by_first_byte(const void *a, const void *b)
{
    const struct admit_name *left = a, *right = b;
    return str_cmp(left->text, right->text);
}

static void add_words(struct admit_rules *rules, struct admit_names *names, const struct list_row *rows, size_t count)
{
    unsigned char first[4], second[4];
    add_rows(names, rows, count);
    qsort(names->items, names->count, sizeof names->items[0], by_first_byte);
    for (size_t i = 0; i < count; i++) {
        size_t firsts = ways_to_write(rows[i].name[0], first), seconds = ways_to_write(rows[i].name[1], second);
        for (size_t f = 0; f < firsts; f++) {
            rules->starts_word[first[f]] = true;
            for (size_t s = 0; s < seconds; s++)
                rules->second[first[f]][second[s] / 32] |= UINT32_C(1) << second[s] % 32;
        }
    }
}

static void name_sets(struct admit_rules *rules)
{
    salve_assert(set_of(rules, "any") == ADMIT_SET_ANY);
    rules->observation_set = set_of(rules, "observation");
    rules->method_set = set_of(rules, "method");
    rules->listed_set = set_of(rules, "listed");
    rules->medicine_set = set_of(rules, "medicine");
    rules->worded_set = set_of(rules, "worded");
    rules->uses[ADMIT_SET_ANY] = ADMIT_USE_ANY;
    rules->uses[rules->observation_set] = ADMIT_USE_OBSERVATION;
    rules->uses[set_of(rules, "procedure")] = ADMIT_USE_PROCEDURE;
    rules->uses[set_of(rules, "score")] = ADMIT_USE_SCORE;
}

enum salve_code admit_rules_make(const struct admit_site *site, struct arena *mem, struct admit_rules **out,
                                 struct salve_err *err)
{
    struct admit_rules *rules = arena_new(mem, struct admit_rules);
    salve_assert(site == NULL || site->identifier_systems != NULL || site->identifier_system_count == 0);
    salve_assert(site == NULL || site->national_patterns != NULL || site->national_pattern_count == 0);
    if (rules == NULL || !make_rooms(mem, rules, site)) return salve_fail(err, SALVE_E_MEMORY, "admission list");
    name_sets(rules);
    compile_types(rules);
    compile_elements(rules);
    compile_codes(rules);
    if (!index_facts(rules, mem)) return salve_fail(err, SALVE_E_MEMORY, "admission list");
    add_rows(&rules->identifiers, identifier_rows, ROWS(identifier_rows));
    add_words(rules, &rules->words, word_rows, ROWS(word_rows));
    add_words(rules, &rules->labels, label_rows, ROWS(label_rows));
    add_rows(&rules->profiles, profile_rows, ROWS(profile_rows));
    enum salve_code code = site == NULL ? SALVE_OK : add_site(rules, site, mem, err);
    if (code == SALVE_OK) *out = rules;
    return code;
}
