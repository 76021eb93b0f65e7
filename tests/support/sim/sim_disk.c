/* SPDX-License-Identifier: Apache-2.0
 * The recording of a folder, and the states that a kill or a power cut makes of it; see sim.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim_int.h"

struct sim *sim_watched;

char *sim_must_text(const char *text)
{
    char *copy = sim_must_grow(NULL, strlen(text) + 1);
    strcpy(copy, text);
    return copy;
}

static void size_to(struct sim_bytes *bytes, size_t len)
{
    if (len > bytes->room) {
        bytes->room = len + len / 2;
        bytes->ptr = sim_must_grow(bytes->ptr, bytes->room);
    }
    if (len > bytes->len) memset(bytes->ptr + bytes->len, 0, len - bytes->len);
    bytes->len = len;
}

static void put_at(struct sim_bytes *bytes, uint64_t at, const uint8_t *from, size_t len)
{
    if (at + len > bytes->len) size_to(bytes, at + len);
    if (len > 0) memcpy(bytes->ptr + at, from, len);
}

/* --- recording ---------------------------------------------------------------------------------------------------- */

static size_t find_name(const struct sim_name *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(names[i].name, name) != 0) i++;
    return i;
}

static void put_name(struct sim_name *names, size_t *count, const char *name, int node)
{
    size_t at = find_name(names, *count, name);
    if (at == *count) {
        if (*count == SIM_NAMES) abort();
        names[(*count)++].name = sim_must_text(name);
    }
    names[at].node = node;
}

static bool drop_name(struct sim_name *names, size_t *count, const char *name)
{
    size_t at = find_name(names, *count, name);
    if (at == *count) return false;
    free(names[at].name);
    names[at] = names[--*count];
    return true;
}

/* Folders move with what is in them. */
static bool move_name(struct sim_name *names, size_t *count, const char *name, const char *to)
{
    size_t at = find_name(names, *count, name), len = strlen(name);
    if (at == *count) return false;
    int node = names[at].node;
    (void)drop_name(names, count, name);
    put_name(names, count, to, node);
    for (size_t i = 0; node < 0 && i < *count; i++) {
        char moved[2 * SIM_PATH];
        if (strncmp(names[i].name, name, len) != 0 || names[i].name[len] != '/') continue;
        (void)snprintf(moved, sizeof moved, "%s%s", to, names[i].name + len);
        free(names[i].name);
        names[i].name = sim_must_text(moved);
    }
    return true;
}

/* Two names change places, folders with what is in them. */
static bool exchange_names(struct sim_name *names, size_t *count, const char *a, const char *b)
{
    char aside[SIM_PATH + 8];
    (void)snprintf(aside, sizeof aside, "%s|", a);
    return move_name(names, count, a, aside) && move_name(names, count, b, a) && move_name(names, count, aside, b);
}

static bool apply_name(struct sim_name *names, size_t *count, const struct sim_op *op)
{
    if (op->kind == OP_MAKE || op->kind == OP_MKDIR) {
        put_name(names, count, op->name, op->kind == OP_MKDIR ? -1 : op->node);
        return true;
    }
    if (op->kind == OP_EXCHANGE) return exchange_names(names, count, op->name, op->to);
    return op->kind == OP_RENAME ? move_name(names, count, op->name, op->to) : drop_name(names, count, op->name);
}

static struct sim_op *next_op(struct sim *sim, enum sim_op_kind kind)
{
    if (sim->op_count == sim->op_room) {
        sim->op_room = sim->op_room * 2 + 1024;
        sim->ops = sim_must_grow(sim->ops, sim->op_room * sizeof *sim->ops);
    }
    struct sim_op *op = &sim->ops[sim->op_count++];
    *op = (struct sim_op){.kind = kind, .node = -1};
    return op;
}

int sim_node_of(const struct sim *sim, const char *name)
{
    size_t at = find_name(sim->live, sim->live_count, name);
    return at == sim->live_count ? -1 : sim->live[at].node;
}

int sim_note_make(struct sim *sim, const char *name)
{
    struct sim_op *op = next_op(sim, OP_MAKE);
    if (sim->node_count == SIM_NODES) abort();
    op->node = sim->node_count++;
    op->name = sim_must_text(name);
    (void)apply_name(sim->live, &sim->live_count, op);
    return op->node;
}

void sim_note_write(struct sim *sim, int node, uint64_t at, const void *bytes, size_t len)
{
    struct sim_op *op = next_op(sim, OP_WRITE);
    op->node = node;
    op->at = at;
    op->len = len;
    op->bytes = sim_must_grow(NULL, len + 1);
    memcpy(op->bytes, bytes, len);
}

void sim_note(struct sim *sim, enum sim_op_kind kind, int node, uint64_t len)
{
    struct sim_op *op = next_op(sim, kind);
    op->node = node;
    op->len = len;
}

void sim_note_name(struct sim *sim, enum sim_op_kind kind, const char *name, const char *to)
{
    struct sim_op *op = next_op(sim, kind);
    op->name = sim_must_text(name);
    op->to = to == NULL ? NULL : sim_must_text(to);
    if (kind != OP_SYNC_FOLDER) (void)apply_name(sim->live, &sim->live_count, op);
}

static void read_whole(const char *path, struct sim_bytes *out)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) abort();
    size_to(out, (size_t)info.st_size);
    if (out->len > 0 && syscall(SYS_read, fd, out->ptr, out->len) != (long)out->len) abort();
    (void)syscall(SYS_close, fd);
}

/* Names in the order of the folder, which does not matter: nothing that is compared depends on it. */
static void load(struct sim *sim, const char *below)
{
    char path[2 * SIM_PATH + 8], name[SIM_PATH];
    (void)snprintf(path, sizeof path, "%s/%s", sim->folder, below);
    DIR *list = opendir(path);
    if (list == NULL) abort();
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (snprintf(name, sizeof name, "%s%s%s", below, below[0] == '\0' ? "" : "/", entry->d_name) >=
            (int)sizeof name)
            abort();
        (void)snprintf(path, sizeof path, "%s/%s", sim->folder, name);
        if (lstat(path, &info) != 0) abort();
        bool is_folder = S_ISDIR(info.st_mode);
        put_name(sim->base, &sim->base_count, name, is_folder ? -1 : sim->node_count);
        put_name(sim->live, &sim->live_count, name, is_folder ? -1 : sim->node_count);
        if (is_folder)
            load(sim, name);
        else
            read_whole(path, &sim->contents[sim->node_count++]);
    }
    (void)closedir(list);
}

struct sim *sim_begin(const char *folder)
{
    struct sim *sim = calloc(1, sizeof *sim);
    if (sim == NULL || sim_watched != NULL || strlen(folder) >= sizeof sim->folder) abort();
    strcpy(sim->folder, folder);
    load(sim, "");
    sim_watched = sim;
    return sim;
}

void sim_end(struct sim *sim)
{
    if (sim_watched == sim) sim_watched = NULL;
}

void sim_drop(struct sim *sim)
{
    if (sim == NULL) return;
    sim_end(sim);
    for (size_t i = 0; i < sim->op_count; i++) {
        free(sim->ops[i].bytes);
        free(sim->ops[i].name);
        free(sim->ops[i].to);
    }
    for (size_t i = 0; i < sim->base_count; i++) free(sim->base[i].name);
    for (size_t i = 0; i < sim->live_count; i++) free(sim->live[i].name);
    for (int i = 0; i < sim->node_count; i++) free(sim->contents[i].ptr);
    free(sim->ops);
    free(sim);
}

uint64_t sim_calls(const struct sim *sim) { return sim->op_count; }

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    return hash;
}

/* FNV-1a: it tells two recordings apart, and is no proof of anything. */
uint64_t sim_fingerprint(const struct sim *sim)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < sim->op_count; i++) {
        const struct sim_op *op = &sim->ops[i];
        const uint64_t numbers[] = {op->kind, (uint64_t)op->node, op->at, op->len};
        hash = hash_bytes(hash, numbers, sizeof numbers);
        if (op->bytes != NULL) hash = hash_bytes(hash, op->bytes, op->len);
        if (op->name != NULL) hash = hash_bytes(hash, op->name, strlen(op->name));
        if (op->to != NULL) hash = hash_bytes(hash, op->to, strlen(op->to));
    }
    return hash;
}

static const char *name_at(const struct sim *sim, int node)
{
    for (size_t i = sim->op_count; i > 0; i--)
        if (sim->ops[i - 1].kind == OP_MAKE && sim->ops[i - 1].node == node) return sim->ops[i - 1].name;
    for (size_t i = 0; i < sim->base_count; i++)
        if (sim->base[i].node == node) return sim->base[i].name;
    return "?";
}

void sim_describe(const struct sim *sim, uint64_t nr, char *text, size_t bytes)
{
    static const char *const words[] = {"write",  "size",     "sync",  "failed sync", "make",          "unlink",
                                        "rename", "exchange", "mkdir", "rmdir",       "sync of folder"};
    if (nr >= sim->op_count) {
        (void)snprintf(text, bytes, "the end");
        return;
    }
    const struct sim_op *op = &sim->ops[nr];
    if (op->kind == OP_WRITE)
        (void)snprintf(text, bytes, "write of %llu at %llu of %s", (unsigned long long)op->len,
                       (unsigned long long)op->at, name_at(sim, op->node));
    else
        (void)snprintf(text, bytes, "%s of %s%s%s", words[op->kind],
                       op->name == NULL ? name_at(sim, op->node) : op->name, op->to == NULL ? "" : " to ",
                       op->to == NULL ? "" : op->to);
}

/* --- what is left ------------------------------------------------------------------------------------------------- */

/* A disk on the way to the cut: contents and names that are durable, and numbers of calls that are not yet. */
struct disk {
    const struct sim *sim;
    const struct sim_cut *cut;
    struct sim_left left;
    struct sim_bytes *contents;
    size_t *pending, pending_count; /* calls on contents */
    size_t *moves, move_count;      /* calls on names */
    struct sim_name names[SIM_NAMES];
    size_t name_count;
    uint64_t stream;
};

static void apply(struct disk *disk, const struct sim_op *op)
{
    struct sim_bytes *to = &disk->contents[op->node];
    if (op->kind == OP_SIZE)
        size_to(to, op->len);
    else
        put_at(to, op->at, op->bytes, op->len);
}

static bool is_in_folder(const char *name, const char *folder)
{
    if (name == NULL) return false;
    const char *slash = strrchr(name, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - name);
    return strlen(folder) == len && strncmp(name, folder, len) == 0;
}

static void sync_file(struct disk *disk, int node)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->pending_count; i++) {
        const struct sim_op *op = &disk->sim->ops[disk->pending[i]];
        if (op->node == node)
            apply(disk, op);
        else
            disk->pending[kept++] = disk->pending[i];
    }
    disk->pending_count = kept;
}

static void sync_folder(struct disk *disk, const char *folder)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->move_count; i++) {
        const struct sim_op *op = &disk->sim->ops[disk->moves[i]];
        if (is_in_folder(op->name, folder) || is_in_folder(op->to, folder))
            (void)apply_name(disk->names, &disk->name_count, op);
        else
            disk->moves[kept++] = disk->moves[i];
    }
    disk->move_count = kept;
}

/* What a failed sync was to write is taken for written, and half of it never is. */
static void forget_some(struct disk *disk, int node)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->pending_count; i++)
        if (disk->sim->ops[disk->pending[i]].node != node || sim_dice(&disk->stream, 2) == 0)
            disk->pending[kept++] = disk->pending[i];
    disk->pending_count = kept;
}

static void pass(struct disk *disk, size_t nr)
{
    const struct sim_op *op = &disk->sim->ops[nr];
    if (disk->cut->lies && (op->kind == OP_SYNC || op->kind == OP_SYNC_FOLDER)) return;
    if (op->kind == OP_SYNC)
        sync_file(disk, op->node);
    else if (op->kind == OP_SYNC_FOLDER)
        sync_folder(disk, op->name);
    else if (op->kind == OP_SYNC_FAILED && disk->cut->loss != SIM_KILL)
        forget_some(disk, op->node);
    else if (op->kind == OP_WRITE || op->kind == OP_SIZE)
        disk->pending[disk->pending_count++] = nr;
    else if (op->kind >= OP_MAKE)
        disk->moves[disk->move_count++] = nr;
}

/* The part of a write that reached the disk, sector by sector. */
static void tear(struct disk *disk, const struct sim_op *op, uint64_t limit, uint32_t odds)
{
    uint64_t sector = disk->cut->sector_bytes == 0 ? 512 : disk->cut->sector_bytes, kept = 0, all = 0;
    for (uint64_t at = op->at; at < op->at + op->len; all++) {
        uint64_t end = (at / sector + 1) * sector;
        if (end > op->at + op->len) end = op->at + op->len;
        if (end <= limit && sim_dice(&disk->stream, 8) < odds) {
            put_at(&disk->contents[op->node], at, op->bytes + (at - op->at), end - at);
            kept++;
        }
        at = end;
    }
    disk->left.kept += kept > 0;
    disk->left.torn += kept > 0 && kept < all;
}

/* A file that was cut short grows again only where the cut is there, too. */
static void lose_contents(struct disk *disk)
{
    static uint64_t limits[SIM_NODES];
    uint32_t odds = disk->cut->loss == SIM_NONE ? 0 : 1 + sim_dice(&disk->stream, 7);
    memset(limits, 0xff, (size_t)disk->sim->node_count * sizeof *limits);
    for (size_t i = 0; i < disk->pending_count; i++) {
        const struct sim_op *op = &disk->sim->ops[disk->pending[i]];
        disk->left.pending++;
        if (op->kind == OP_WRITE)
            tear(disk, op, limits[op->node], odds);
        else if (sim_dice(&disk->stream, 8) < odds)
            apply(disk, op), disk->left.kept++;
        else if (op->len < limits[op->node])
            limits[op->node] = op->len;
    }
}

static void lose_names(struct disk *disk)
{
    bool is_any = sim_dice(&disk->stream, 2) == 1;
    size_t first = sim_dice(&disk->stream, (uint32_t)disk->move_count + 1);
    if (disk->cut->loss == SIM_NONE) first = 0, is_any = false;
    for (size_t i = 0; i < disk->move_count; i++)
        if (is_any ? sim_dice(&disk->stream, 2) == 1 : i < first)
            (void)apply_name(disk->names, &disk->name_count, &disk->sim->ops[disk->moves[i]]);
}

/* The kernel has all of it, but for the end of a write that was under way. */
static void keep_all(struct disk *disk, const struct sim_op *under_way)
{
    for (size_t i = 0; i < disk->pending_count; i++) apply(disk, &disk->sim->ops[disk->pending[i]]);
    for (size_t i = 0; i < disk->move_count; i++)
        (void)apply_name(disk->names, &disk->name_count, &disk->sim->ops[disk->moves[i]]);
    if (under_way == NULL || under_way->kind != OP_WRITE) return;
    uint64_t part = sim_dice(&disk->stream, (uint32_t)(under_way->len / 512) + 1) * 512;
    if (part > under_way->len) part = under_way->len;
    put_at(&disk->contents[under_way->node], under_way->at, under_way->bytes, part);
    disk->left.torn += part > 0;
}

static void remove_all(const char *path)
{
    DIR *list = opendir(path);
    if (list == NULL) return;
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        char below[2 * SIM_PATH];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        (void)snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (unlink(below) != 0) {
            remove_all(below);
            (void)rmdir(below);
        }
    }
    (void)closedir(list);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct sim_name *)a)->name, ((const struct sim_name *)b)->name);
}

/* A name whose folder was lost is lost. */
static void lay_out(struct disk *disk)
{
    char path[2 * SIM_PATH];
    remove_all(disk->sim->folder);
    qsort(disk->names, disk->name_count, sizeof disk->names[0], by_name);
    for (size_t i = 0; i < disk->name_count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", disk->sim->folder, disk->names[i].name);
        if (disk->names[i].node < 0) {
            (void)mkdir(path, 0700);
            continue;
        }
        const struct sim_bytes *bytes = &disk->contents[disk->names[i].node];
        int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0) continue;
        if (bytes->len > 0 && syscall(SYS_write, fd, bytes->ptr, bytes->len) != (long)bytes->len) abort();
        (void)syscall(SYS_close, fd);
    }
}

struct sim_left sim_rebuild(const struct sim *sim, const struct sim_cut *cut)
{
    struct disk *disk = calloc(1, sizeof *disk);
    struct sim *watched = sim_watched;
    if (disk == NULL || cut->at > sim->op_count) abort();
    sim_watched = NULL;
    *disk = (struct disk){.sim = sim, .cut = cut, .stream = sim_mix(cut->seed, cut->at)};
    disk->contents = calloc((size_t)sim->node_count + 1, sizeof *disk->contents);
    disk->pending = sim_must_grow(NULL, (sim->op_count + 1) * sizeof *disk->pending);
    disk->moves = sim_must_grow(NULL, (sim->op_count + 1) * sizeof *disk->moves);
    if (disk->contents == NULL) abort();
    for (int i = 0; i < sim->node_count; i++) put_at(&disk->contents[i], 0, sim->contents[i].ptr, sim->contents[i].len);
    for (size_t i = 0; i < sim->base_count; i++)
        put_name(disk->names, &disk->name_count, sim->base[i].name, sim->base[i].node);
    for (size_t nr = 0; nr < cut->at; nr++) pass(disk, nr);
    const struct sim_op *under_way = cut->at < sim->op_count ? &sim->ops[cut->at] : NULL;
    if (cut->loss == SIM_KILL) {
        keep_all(disk, under_way);
    } else {
        bool is_change = under_way != NULL && under_way->kind != OP_SYNC && under_way->kind != OP_SYNC_FOLDER;
        if (is_change) pass(disk, cut->at);
        lose_contents(disk);
        lose_names(disk);
    }
    lay_out(disk);
    struct sim_left left = disk->left;
    for (size_t i = 0; i < disk->name_count; i++) free(disk->names[i].name);
    for (int i = 0; i < sim->node_count; i++) free(disk->contents[i].ptr);
    free(disk->contents);
    free(disk->pending);
    free(disk->moves);
    free(disk);
    sim_watched = watched;
    return left;
}
