/* SPDX-License-Identifier: Apache-2.0
 *
 * What is open about a person, out of the findings that stand: alarms to tell and to close, drafts to sign. The work
 * list hears of tasks and urgencies, of no finding. */
#include "screen/screen_int.h"
#include "screen/told.h"

void screen_work_begin(struct screen_work *work)
{
    for (size_t task = 0; task < WORK_TASKS; task++)
        for (size_t part = 0; part < WORK_PARTS; part++) work->open[task][part] = URGENCY_COUNT;
    work->is_signing = false;
}

static void add(struct screen_work *work, enum work_task task, const struct finding *finding)
{
    enum urgency *open = &work->open[task][finding->apart != 0 ? WORK_APART : WORK_KEPT];
    if (finding->urgency < *open) *open = finding->urgency;
}

void screen_work_alarm(struct screen_work *work, const struct finding *finding, bool is_told, bool is_closed)
{
    if (!screen_is_alarm(finding)) return;
    bool is_untold = screen_needs_told(finding) && !is_told;
    if (is_untold) add(work, WORK_TELL, finding);
    if (!is_untold && !is_closed) add(work, WORK_CLOSE, finding);
}

void screen_work_draft(struct screen_work *work, const struct finding *finding) { add(work, WORK_SIGN, finding); }

/* Whoever wants to be told is told: a result without urgency is a matter of weeks, not of never. */
void screen_work_talk(struct screen_work *work, const struct finding *finding)
{
    struct finding talk = *finding;
    if (talk.urgency > URGENCY_ROUTINE) talk.urgency = URGENCY_ROUTINE;
    add(work, WORK_TALK, &talk);
}

struct work_entry screen_work_entry(const struct rec_view *view, enum work_part part, enum work_task task,
                                    enum urgency urgency)
{
    return (struct work_entry){.part = part,
                               .task = task,
                               .urgency = (uint32_t)urgency,
                               .due_unix_ms = worklist_due_unix_ms(view, task, urgency)};
}

static size_t entries_of(const struct rec_view *view, const struct screen_work *work, enum work_part part,
                         struct work_entry out[WORK_TASKS + 1])
{
    size_t count = 0;
    for (size_t task = 0; task < WORK_TASKS; task++)
        if (work->open[task][part] < URGENCY_COUNT)
            out[count++] = screen_work_entry(view, part, (enum work_task)task, work->open[task][part]);
    return count;
}

/* Does an entry that was there stand? A letter until it is printed, and what is told in person until it was, or both
 * until they are signed anew; what came until it is screened. */
static bool stays(const struct screen_work *work, const struct work_entry *entry, bool is_screened)
{
    if (work->open[entry->task][entry->part] < URGENCY_COUNT && entry->task != WORK_SCREEN) return false;
    if (entry->task == WORK_LETTER) return true;
    if (entry->task == WORK_TALK) return !work->is_signing;
    return entry->task == WORK_SCREEN && !is_screened;
}

static void set_part(struct rec_view *view, const struct screen_work *work, const struct work *mine, bool is_screened,
                     enum work_part part)
{
    struct work_entry entries[WORK_TASKS + 1];
    size_t count = entries_of(view, work, part, entries);
    for (size_t i = 0; i < mine->entry_count; i++)
        if (mine->entries[i].part == part && stays(work, &mine->entries[i], is_screened))
            entries[count++] = mine->entries[i];
    worklist_set(view, part, entries, count);
}

enum salve_code screen_work_set(struct rec_view *view, const struct screen_work *work, bool is_screened,
                                struct arena *mem, struct salve_err *err)
{
    struct work mine;
    TRY(worklist_mine(view, mem, &mine, err));
    set_part(view, work, &mine, is_screened, WORK_KEPT);
    if (rec_shows(view, CLASS_SENS) || !rec_keeps_apart(view)) set_part(view, work, &mine, is_screened, WORK_APART);
    return SALVE_OK;
}

enum salve_code screen_work_came(struct rec_view *view, enum work_part part, enum work_task task, enum urgency urgency,
                                 struct arena *mem, struct salve_err *err)
{
    struct work mine;
    struct work_entry entries[WORK_TASKS + 1];
    size_t count = 0;
    TRY(worklist_mine(view, mem, &mine, err));
    for (size_t i = 0; i < mine.entry_count; i++) {
        if (mine.entries[i].part != part) continue;
        if (mine.entries[i].task != task && part != WORK_NOT_KEPT)
            entries[count++] = mine.entries[i];
        else if (mine.entries[i].urgency < (uint32_t)urgency)
            urgency = (enum urgency)mine.entries[i].urgency;
    }
    entries[count++] = screen_work_entry(view, part, task, urgency);
    worklist_set(view, part, entries, count);
    return SALVE_OK;
}

/* One task of a part is done; the others stand. */
static enum salve_code end_task(struct rec_view *view, enum work_part part, enum work_task task, struct arena *mem,
                                struct salve_err *err)
{
    struct work mine;
    struct work_entry entries[WORK_TASKS + 1];
    size_t count = 0;
    bool waits = false;
    TRY(worklist_mine(view, mem, &mine, err));
    for (size_t i = 0; i < mine.entry_count; i++) {
        if (mine.entries[i].part != part) continue;
        if (mine.entries[i].task == task)
            waits = true;
        else
            entries[count++] = mine.entries[i];
    }
    if (!waits) return SALVE_OK;
    worklist_set(view, part, entries, count);
    return worklist_write(view, err);
}

enum salve_code screen_work_printed(struct rec_view *view, struct arena *mem, struct salve_err *err)
{
    return end_task(view, WORK_KEPT, WORK_LETTER, mem, err);
}

enum salve_code screen_work_talked(struct rec_view *view, enum work_part part, struct arena *mem, struct salve_err *err)
{
    return end_task(view, part, WORK_TALK, mem, err);
}

void screen_work_kept(struct screen_work *work, const struct screen_kept *kept)
{
    screen_work_alarm(work, &kept->finding, !kept->is_untold, kept->closed != NULL || kept->is_retracted);
    if (screen_is_draft(kept->kept)) screen_work_draft(work, &kept->finding);
}

static enum salve_code kept_of(struct rec_view *view, struct arena *mem, struct screen_kept **out, size_t *count,
                               struct salve_err *err)
{
    struct screen_notes notes;
    TRY(screen_notes_read(view, mem, &notes, err));
    return screen_kept_read(view, &notes, SCREEN_ALL, mem, out, count, err);
}

enum salve_code screen_work_correcting(struct rec_view *view, struct arena *mem, struct salve_err *err)
{
    struct screen_kept *kept = NULL;
    size_t count = 0;
    enum urgency urgency = URGENCY_COUNT;
    TRY(kept_of(view, mem, &kept, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!screen_is_draft(kept[i].kept) && urgency > URGENCY_ROUTINE) urgency = URGENCY_ROUTINE;
        if (screen_is_alarm(&kept[i].finding)) urgency = URGENCY_SAME_DAY;
    }
    if (urgency == URGENCY_COUNT) return SALVE_OK;
    return screen_work_came(view, WORK_KEPT, WORK_SCREEN, urgency, mem, err);
}

enum salve_code screen_work_refresh(struct rec_view *view, struct arena *mem, struct salve_err *err)
{
    struct screen_work work;
    struct screen_kept *kept = NULL;
    size_t count = 0;
    screen_work_begin(&work);
    TRY(kept_of(view, mem, &kept, &count, err));
    for (size_t i = 0; i < count; i++) screen_work_kept(&work, &kept[i]);
    TRY(screen_work_set(view, &work, false, mem, err));
    return worklist_write(view, err);
}
