/* SPDX-License-Identifier: Apache-2.0
 *
 * lists - what a view handed out of some classes (rec_all), kept for whoever asks for the same again: of a view here
 * and of one at the far end of the door. Each is an array that the caller fills from `of` on; what was handed out stays
 * as it is until rec_lists_rest, also where a newer list took its place.
 *
 *     struct rec_list *row = rec_lists_row(&lists, classes, made, whole);   // NULL: no memory
 *     for (size_t i = row->of; i < whole; i++) row->list[row->count++] = ...;
 *     row->of = whole;
 *     rec_lists_rest(&lists);                                               // the request is answered
 *
 * What makes a list stale is told by two numbers of the caller: `whole`, which grows where more comes behind what there
 * is, and `made`, which changes with every other change. */
#ifndef SALVE_RECORDS_LISTS_H
#define SALVE_RECORDS_LISTS_H

#include "base/arena.h"
#include "base/ids.h"

struct rec_resource;

enum { REC_LISTS_PER_VIEW = 16 };

struct rec_list {
    class_mask classes;
    uint64_t made;
    size_t of, count, room;    /* of: how many of the whole it was made of */
    struct rec_resource *list; /* NULL: the row is free */
};

/* Zeros to begin with. */
struct rec_lists {
    struct arena *mem; /* private; NULL: nothing was handed out */
    struct rec_list rows[REC_LISTS_PER_VIEW];
    unsigned next;
    bool has_old; /* there is memory that no row has any more */
};

/* rec_lists_row - the list of these classes, as it is or begun anew, with room for `whole`. NULL: no memory.
 * rec_lists_one - room for one resource beside them, as long as they. */
struct rec_list *rec_lists_row(struct rec_lists *lists, class_mask classes, uint64_t made, size_t whole);
struct rec_resource *rec_lists_one(struct rec_lists *lists);

/* rec_lists_rest - nobody reads what was handed out any more: where something took its place, all of it is given back.
 * rec_lists_end - all of it, whatever there is. */
void rec_lists_rest(struct rec_lists *lists);
void rec_lists_end(struct rec_lists *lists);

#endif
