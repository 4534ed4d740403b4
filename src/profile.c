// SPDX-License-Identifier: MIT
// Which places in the source use a stack: what profile.h, in a program compiled with SS_PROFILE=1,
// does not count itself.
//
// A stack's profile is an array of entries, one for each profiled scope, slice and buffer that is
// live, in the order in which they were made. When a scope ends, its entries are dropped: the array
// ends where the scope's entry was. So making a slice costs a few stores, and what is live from a
// place is found out only when it is asked for, by a walk over the entries.
//
//   entries   | scope A | slice | scope B | slice | slice | ... end
//                ^ live before A   ^ live before B
//
// A scope has made what is live now less what was live when it began, because its inner scopes have
// ended. What it has made and is no longer live is in `made_before`.
//
// WHO ENDS A SCOPE. A mark that profiled code saves has the offset of its entry in place of the
// top. Whatever restores it, the entries end there. A scope may also be left by code that is not
// profiled, by a longjmp or by an exception. Therefore the library must hear of every restore that
// may drop an entry, and no mark may be restored on the fast path if an entry was made after it:
//   - While a stack is watched, `mark_version` has the flag SS__WATCHED and `version` has not. The
//     marks that are saved meanwhile differ from `version`, so restoring them calls ss__restore.
//   - Whatever else changes the version drops the flag. Then marks without it may be saved, so
//     before the next entry is made the version is raised by a step (watch_on), as a trim does.
//     The marks from before have another version, and restoring them calls ss__restore as well.
//   - Restoring a mark that has the flag sets it again. This is right because the flag had been set
//     since the version began, or no such mark would be there.
// ss__restore and ss__restore_keep then call `restored`. For a mark without an entry, it compares
// the versions and the tops.
//
// THE HIGH-WATER MARK. At a new high-water mark, profile.h or hold() only notes that one was
// reached, and sets SS__IS_SLOW in the innermost scope. The first change other than a further
// slice, such as the end of that scope, takes the snapshot: each entry is copied into its own slot,
// and the places' shares are corrected by the difference from the snapshot before. Entries that are
// in the last snapshot and unchanged are at the array's beginning, and are not looked at again.
//
// The memory comes from malloc, because taking it from the stack would change what is measured. If
// malloc fails, the report is incomplete.
#define _GNU_SOURCE
#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

_Static_assert(sizeof(ss__entry) % 8 == 0, "an entry's offset has room for the flags");

enum { FIRST_ENTRIES = 64, FIRST_SLOTS = 64, NAMED_PLACES = 5 };

typedef struct whole_profile {
  ss__profile hot;    // what profile.h uses: first, so that one pointer serves for both
  size_t capacity;    // offset behind the array's last entry
  ss__place **slots;  // a hash table
  size_t slot_count;  // a power of two
  size_t place_count;
  size_t open;     // buffers, the newest first, linked by `older_open`
  size_t opening;  // the entry of the buffer that is just being opened
  bool is_peak;    // the entries are those of the high-water mark, and the snapshot is older
  size_t snapshot_end;
  ss__trace *trace;  // NULL: not tracing
} whole_profile;

unsigned long long ss__profile_now(void)
{
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (unsigned long long)now.tv_sec * 1000000000u + (unsigned long long)now.tv_nsec;
}

static void keep_as_it_is(void *data, size_t size_bytes)
{
  (void)data, (void)size_bytes;
}

static const ss__watch profile_watch = {keep_as_it_is, ss__profile_uncover, ss__profile_forget};

static void restore(ss_stack *stack, char *top, size_t version);
static bool read_mark(const ss_stack *stack, ss_mark *mark);
static void restored(ss_stack *stack, const ss_mark *mark);

// The profile of a stack that was emptied. Marks that were saved before may still be restored.
static ss__profile forgotten = {
    .end = SS__FIRST_ENTRY, .restore = restore, .read = read_mark, .restored = restored};

// What every slot of the cache has at first. No call has its name.
static ss__place no_place;

static whole_profile *new_profile(void)
{
  whole_profile *all = (whole_profile *)calloc(1, sizeof *all);
  if (all == NULL) return NULL;
  // NOLINTNEXTLINE(bugprone-sizeof-expression): pointers, so that places stay where they are
  all->slots = (ss__place **)calloc(FIRST_SLOTS, sizeof *all->slots);
  ss__entry *entries = (ss__entry *)malloc(FIRST_ENTRIES * sizeof *entries);
  all->hot.entries = (char *)entries;
  if (all->slots == NULL || all->hot.entries == NULL) {
    free(all->slots);
    free(all->hot.entries);
    free(all);
    return NULL;
  }
  all->slot_count = FIRST_SLOTS;
  all->hot.end = all->snapshot_end = SS__FIRST_ENTRY;
  all->hot.room = all->capacity = SS__FIRST_ENTRY + FIRST_ENTRIES * sizeof(ss__entry);
  all->hot.restore = restore;
  all->hot.read = read_mark;
  all->hot.restored = restored;
  for (size_t i = 0; i < SS__CACHED_PLACES; i++) all->hot.cache[i] = &no_place;
  return all;
}

// NULL: nothing was profiled since the stack was emptied.
static whole_profile *profile_in(const ss_stack *stack)
{
  return stack->profile == &forgotten ? NULL : (whole_profile *)(void *)stack->profile;
}

static whole_profile *profile_of(ss_stack *stack)
{
  if (SS__UNLIKELY(profile_in(stack) == NULL)) {
    whole_profile *made = new_profile();
    if (made == NULL) return NULL;
    stack->profile = &made->hot;
  }
  // If debug.c has set a watch, it stays: it calls what this one calls.
  if (stack->watch == NULL) stack->watch = &profile_watch;
  return profile_in(stack);
}

void ss__profile_forget(ss_stack *stack)
{
  whole_profile *all = profile_in(stack);
  if (all == NULL) return;
  stack->profile = &forgotten;
  if (all->trace) ss__trace_end(all->trace);
  for (size_t i = 0; i < all->slot_count; i++) free(all->slots[i]);
  free(all->slots);
  free(all->hot.entries);
  free(all);
}

// -------------------------------------------------------------------------------------------------
// Places

// Hashes the addresses of the names instead of their characters. The name of a header may have
// several addresses, one for each translation unit; the report merges such places.
static size_t hash_of(const ss__site *site)
{
  size_t hash = (uintptr_t)site->file ^ (uintptr_t)site->name << 4;
  hash = (hash ^ hash >> 7) + (size_t)site->line * 0x9E3779B1u;
  return hash ^ hash >> 15;
}

static bool is_at(const ss__place *place, const ss__site *site)
{
  return place->site.name == site->name && place->site.line == site->line &&
         place->site.file == site->file;
}

static ss__place **slot_of(ss__place **slots, size_t slot_count, const ss__site *site)
{
  size_t at = hash_of(site) & (slot_count - 1);
  while (slots[at] && !is_at(slots[at], site)) at = (at + 1) & (slot_count - 1);
  return &slots[at];
}

static bool add_slots(whole_profile *all)
{
  const size_t slot_count = 2 * all->slot_count;
  // NOLINTNEXTLINE(bugprone-sizeof-expression): pointers, so that places stay where they are
  ss__place **slots = (ss__place **)calloc(slot_count, sizeof *slots);
  if (slots == NULL) return false;
  for (size_t i = 0; i < all->slot_count; i++) {
    ss__place *place = all->slots[i];
    if (place) *slot_of(slots, slot_count, &place->site) = place;
  }
  free(all->slots);
  all->slots = slots;
  all->slot_count = slot_count;
  return true;
}

static SS__COLD ss__place *new_place(whole_profile *all, ss__site site, ss__place_kind kind)
{
  if (2 * all->place_count >= all->slot_count && !add_slots(all)) return NULL;
  ss__place *place = (ss__place *)calloc(1, sizeof *place);
  if (place == NULL) return NULL;
  place->site = site;
  place->kind = kind;
  all->place_count++;
  return *slot_of(all->slots, all->slot_count, &site) = place;
}

// The place of a call, which is looked for in the cache by the next such call.
static ss__place *place_of(whole_profile *all, ss__site site, ss__place_kind kind)
{
  const size_t index = ss__cache_index(site.name, site.line);
  ss__place *place = all->hot.cache[index];
  if (SS__LIKELY(is_at(place, &site))) return place;
  place = *slot_of(all->slots, all->slot_count, &site);
  if (SS__UNLIKELY(place == NULL)) place = new_place(all, site, kind);
  if (place) all->hot.cache[index] = place;
  return place;
}

static void add_growth(const ss_stack *stack, const whole_profile *all, ss__place *place,
                       ss__growth before)
{
  const size_t bytes_copied = stack->bytes_copied - before.bytes_copied;
  place->growths += stack->growths - before.growths;
  place->bytes_copied += bytes_copied;
  if (before.begin_ns && stack->growths != before.growths) {
    place->growth_ns += ss__profile_now() - before.begin_ns;
  }
  if (all->trace && stack->growths != before.growths) {
    ss__trace_growth(all->trace, stack, place, bytes_copied);
  }
}

// -------------------------------------------------------------------------------------------------
// Entries

static ss__entry *entry_at(const whole_profile *all, size_t offset)
{
  return ss__entry_at(&all->hot, offset);
}

// The offset of a scope's entry, or SS__NO_ENTRY, without the flags that `scope` and `parent` have.
static size_t scope_in(size_t word)
{
  return word & ~(SS__IS_SLOW | SS__HAS_MORE);
}

static bool is_scope(const ss__entry *entry)
{
  return entry->place->kind == SS__PLACE_SCOPE;
}

// Makes the library hear of every restore that drops the entries made from now on.
static void watch_on(ss_stack *stack)
{
  if (ss__is_watching(stack) || ss__is_in_line(stack)) return;
  // Nothing is watched beyond this version, which only a program that comes back to no old mark
  // reaches, and which SS_DEBUG may reach by itself.
  if (stack->version >= SS__WATCHED - 4) return;
  ss__set_version(stack, ss__next_version(stack));
  stack->mark_version |= SS__WATCHED;
}

static bool grow_entries(whole_profile *all)
{
  const size_t size = all->capacity - SS__FIRST_ENTRY;
  if (size > PTRDIFF_MAX / 2) return false;
  char *entries = (char *)realloc(all->hot.entries, 2 * size);
  if (entries == NULL) return false;
  all->hot.entries = entries;
  all->capacity = SS__FIRST_ENTRY + 2 * size;
  if (all->trace == NULL) all->hot.room = all->capacity;
  return true;
}

// Adds an entry for what is made now. Returns its offset, or SS__NO_ENTRY.
static size_t push_entry(const ss_stack *stack, whole_profile *all, ss__place *place, char *at,
                         size_t size)
{
  if (all->hot.end == all->capacity && !grow_entries(all)) return SS__NO_ENTRY;
  const size_t offset = all->hot.end;
  ss__entry *entry = entry_at(all, offset);
  all->hot.end += sizeof *entry;
  entry->place = place;
  entry->at = at;
  entry->size = size;
  entry->version = stack->mark_version;
  entry->lane = NULL;
  return offset;
}

static void leave_snapshot(const whole_profile *all, size_t from)
{
  for (size_t at = from; at < all->snapshot_end; at += sizeof(ss__entry)) {
    const ss__entry *entry = entry_at(all, at);
    if (entry->place_at_peak) entry->place_at_peak->live_at_peak -= entry->size_at_peak;
    if (entry->scope_at_peak) entry->scope_at_peak->live_at_peak -= entry->size_at_peak;
  }
}

// Takes the snapshot, if the entries are those of the high-water mark.
static void take_snapshot(whole_profile *all)
{
  if (!all->is_peak) return;
  all->is_peak = false;
  size_t from = all->hot.end;
  while (from > SS__FIRST_ENTRY &&
         (entry_at(all, from - sizeof(ss__entry))->version & SS__IN_SNAPSHOT) == 0) {
    from -= sizeof(ss__entry);
  }
  leave_snapshot(all, from);
  size_t scope = scope_in(all->hot.scope);
  while (scope >= from) scope = scope_in(entry_at(all, scope)->parent);
  ss__place *scope_place = scope ? entry_at(all, scope)->place : NULL;
  for (size_t at = from; at < all->hot.end; at += sizeof(ss__entry)) {
    ss__entry *entry = entry_at(all, at);
    entry->version |= SS__IN_SNAPSHOT;
    if (is_scope(entry)) scope_place = entry->place;
    entry->size_at_peak = is_scope(entry) ? 0 : entry->size;
    entry->place_at_peak = entry->place;
    entry->scope_at_peak = scope_place;
    entry->place_at_peak->live_at_peak += entry->size_at_peak;
    if (scope_place) scope_place->live_at_peak += entry->size_at_peak;
  }
  all->snapshot_end = all->hot.end;
}

// A high-water mark was reached: the end of the innermost scope takes the snapshot.
static void note_peak(whole_profile *all)
{
  all->hot.peak = all->hot.live;
  all->hot.scope |= SS__IS_SLOW;
  all->is_peak = true;
}

void ss__profile_peak(ss__profile *all)
{
  note_peak((whole_profile *)(void *)all);
}

// Changes what a slice or a buffer holds. Scopes that began later have not made the difference.
static void hold(whole_profile *all, size_t offset, size_t size)
{
  ss__entry *entry = entry_at(all, offset);
  const size_t more = size - entry->size;  // wraps if the size has fallen
  if (more == 0) return;
  if (all->hot.live + more <= all->hot.peak) take_snapshot(all);
  for (size_t at = offset; at < all->hot.end; at += sizeof *entry) {
    if ((entry_at(all, at)->version & SS__IN_SNAPSHOT) == 0) break;
    entry_at(all, at)->version &= ~SS__IN_SNAPSHOT;
  }
  for (size_t scope = scope_in(all->hot.scope); scope > offset;) {
    entry_at(all, scope)->size += more;
    scope = scope_in(entry_at(all, scope)->parent);
  }
  entry->size = size;
  all->hot.live += more;
  if (all->hot.live > all->hot.peak) note_peak(all);
}

// Leaves the end of the innermost scope to the inline function if the library has no reason left to
// see it.
static void quicken(whole_profile *all)
{
  const size_t scope = scope_in(all->hot.scope);
  if (scope == SS__NO_ENTRY || all->is_peak || all->trace || all->open > scope) return;
  if ((entry_at(all, scope)->parent & SS__HAS_MORE) == 0) all->hot.scope = scope;
}

static void count_bytes(ss__place *place, size_t size)
{
  place->bytes += size;
  if (place->largest < size) place->largest = size;
}

// The offset of the entry of the buffer that is open in a lane, or SS__NO_ENTRY.
static size_t find_open(const whole_profile *all, const ss__lane *lane)
{
  size_t offset = all->open;
  while (offset && entry_at(all, offset)->lane != lane) offset = entry_at(all, offset)->older_open;
  return offset;
}

// Takes a buffer off the list of those that are open.
static void end_open(whole_profile *all, ss__entry *entry)
{
  size_t *link = &all->open;
  while (*link && entry_at(all, *link) != entry) link = &entry_at(all, *link)->older_open;
  if (*link) *link = entry->older_open;
  entry->lane = NULL;
}

// Bytes that a scope has made and that are no longer live. From now on the scope's end is for the
// library.
static size_t *made_before(whole_profile *all, ss__entry *scope)
{
  if ((scope->parent & SS__HAS_MORE) == 0) {
    scope->parent |= SS__HAS_MORE;
    scope->made_before = 0;
    scope->begin_ns = 0;
  }
  all->hot.scope |= SS__IS_SLOW;
  return &scope->made_before;
}

static void end_scope(whole_profile *all, const ss__entry *scope)
{
  const bool has_more = (scope->parent & SS__HAS_MORE) != 0;
  const size_t made = all->hot.live - scope->size + (has_more ? scope->made_before : 0);
  count_bytes(scope->place, made);
  all->hot.live = scope->size;
  all->hot.scope = scope->parent & ~SS__HAS_MORE;
  if (all->trace) ss__trace_scope(all->trace, scope->place, has_more ? scope->begin_ns : 0, made);
}

// Whether an entry was made after a mark without an entry. A scope that began where the mark was
// saved may be an outer one, and is left to its own end.
static bool is_newer(const ss__entry *entry, ss_mark mark)
{
  const size_t version = entry->version & ~(SS__WATCHED | SS__IN_SNAPSHOT);
  if (version != (mark.version & ~(size_t)1)) return version > mark.version;
  if (is_scope(entry)) return (uintptr_t)entry->at > (uintptr_t)mark.top;
  return (uintptr_t)entry->at >= (uintptr_t)mark.top;
}

// The entry of a mark that has one. NULL: the stack was emptied since, and the mark ended with it.
static ss__entry *entry_of(const ss_stack *stack, const ss_mark *mark)
{
  const ss__profile *all = stack->profile;
  if ((size_t)mark->top >= all->end) return NULL;
  ss__entry *entry = ss__entry_at(all, (size_t)mark->top);
  return (entry->version & ~SS__IN_SNAPSHOT) == mark->version ? entry : NULL;
}

static bool read_mark(const ss_stack *stack, ss_mark *mark)
{
  // SS_DEBUG can bring versions up so far that they have the flag's bit by themselves.
  const size_t version = ss__is_in_line(stack) ? stack->mark_version : stack->version;
  if ((mark->version & SS__WATCHED) == 0 || (version & SS__WATCHED) != 0) return false;
  const size_t offset = (size_t)mark->top;
  if (offset & 1) {
    const ss__entry *entry = entry_of(stack, mark);
    mark->top = entry ? entry->at : SS__NOWHERE;
  }
  mark->version &= ~SS__WATCHED;
  return true;
}

static void restored(ss_stack *stack, const ss_mark *mark)
{
  whole_profile *all = profile_in(stack);
  if (all == NULL) return;
  ss_mark target = *mark;
  const bool is_watched = read_mark(stack, &target);
  const bool has_entry = is_watched && (uintptr_t)mark->top & 1;
  if (has_entry && entry_of(stack, mark) == NULL) return;
  const size_t own = has_entry ? (size_t)mark->top : SS__NO_ENTRY;
  take_snapshot(all);
  size_t dropped = 0;  // by none of the scopes that have ended
  while (all->hot.end > SS__FIRST_ENTRY) {
    const size_t offset = all->hot.end - sizeof(ss__entry);
    ss__entry *entry = entry_at(all, offset);
    if (own ? offset < own : !is_newer(entry, target)) break;
    if (is_scope(entry)) {
      end_scope(all, entry);
      dropped = 0;
    } else {
      if (entry->place->kind == SS__PLACE_BUFFER && entry->lane) {
        count_bytes(entry->place, entry->size);
        end_open(all, entry);
      }
      dropped += entry->size;
    }
    all->hot.end = offset;
  }
  const size_t scope = scope_in(all->hot.scope);
  if (dropped && scope) *made_before(all, entry_at(all, scope)) += dropped;
  all->hot.live -= dropped;
  if (is_watched) stack->mark_version |= SS__WATCHED;
}

// NOLINTNEXTLINE(readability-non-const-parameter): it is called through a pointer, as ss__restore is
static void restore(ss_stack *stack, char *top, size_t version)
{
  const ss_mark saved = {top, version};
  ss_mark mark = saved;
  (void)read_mark(stack, &mark);
  ss__undo_to(stack, mark.top, mark.version);
  stack->profile->restored(stack, &saved);
}

ss__trace *ss__trace_of(const ss_stack *stack)
{
  const whole_profile *all = profile_in(stack);
  return all ? all->trace : NULL;
}

bool ss__set_trace(ss_stack *stack, ss__trace *trace)
{
  whole_profile *all = profile_of(stack);
  if (all == NULL) return false;
  if (all->trace) ss__trace_end(all->trace);
  all->trace = trace;
  // The inline functions leave each scope to ss__profile_scope, which reads the clock, and the ends
  // of those that have begun to the library.
  all->hot.room = trace ? 0 : all->capacity;
  for (size_t *scope = &all->hot.scope; trace && scope_in(*scope);) {
    *scope |= SS__IS_SLOW;
    scope = &entry_at(all, scope_in(*scope))->parent;
  }
  return true;
}

// -------------------------------------------------------------------------------------------------
// Calls

// Makes a scope's mark.
ss_mark ss__profile_scope(ss_stack *stack, const char *name, const char *file, int line)
{
  const ss__site site = {name, file, line, false, 0};
  ss_mark mark = {stack->top, stack->mark_version};
  whole_profile *all = profile_of(stack);
  ss__place *place = all ? place_of(all, site, SS__PLACE_SCOPE) : NULL;
  if (place == NULL) return mark;
  place->calls++;
  // An entry for this scope would turn the buffer that is open in line into an event, perhaps
  // without need. So there is none, and what is made in this scope counts for the scope around it.
  // With a trace the entry is made all the same, because the scope would be missing there.
  ss__limit_met limit = {NULL, 0};
  const bool is_in_line = ss__is_in_line(stack);
  if (is_in_line && (all->trace == NULL || !ss__settle(stack, &limit))) return mark;
  // After very many steps of the version, the mark is one from before the next step, so that the
  // end of the scope takes the step back.
  const bool is_far = !ss__is_watching(stack) && stack->version > SS__WATCHED / 2;
  watch_on(stack);
  const size_t offset = push_entry(stack, all, place, stack->top, all->hot.live);
  if (offset == SS__NO_ENTRY) return mark;
  ss__entry *entry = entry_at(all, offset);
  entry->parent = all->hot.scope;
  all->hot.scope = offset;
  if (all->trace) {
    (void)made_before(all, entry);
    entry->begin_ns = ss__profile_now();
  }
  if (is_in_line || is_far || !ss__is_watching(stack)) return mark;
  mark.top = (char *)offset;
  mark.version = stack->mark_version;
  return mark;
}

void ss__profile_slice(ss_stack *stack, ss__site site, void *data, size_t size, ss__growth before)
{
  whole_profile *all = profile_of(stack);
  ss__place *place = all ? place_of(all, site, SS__PLACE_SLICE) : NULL;
  if (place == NULL) return;
  place->calls++;
  add_growth(stack, all, place, before);
  count_bytes(place, size);
  if (size == 0) return;
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) return;
  watch_on(stack);
  if (push_entry(stack, all, place, (char *)data, size) == SS__NO_ENTRY) return;
  all->hot.live += size;
  if (all->hot.live > all->hot.peak) note_peak(all);
}

// A slice that had room, at a place that is not in the cache, or where profile.h may not make its
// entry.
void ss__profile_first(ss_stack *stack, void *data, size_t size, const char *name, const char *file,
                       int line)
{
  const ss__site site = {name, file, line, false, 0};
  const ss__growth none = {stack->growths, stack->bytes_copied, 0};
  ss__profile_slice(stack, site, data, size, none);
}

// Finds the entry of the newest slice, behind which scopes may have begun.
void ss__profile_resized(ss_stack *stack, const void *data, size_t size)
{
  whole_profile *all = profile_in(stack);
  for (size_t at = all ? all->hot.end : SS__FIRST_ENTRY; at > SS__FIRST_ENTRY;) {
    at -= sizeof(ss__entry);
    const ss__entry *entry = entry_at(all, at);
    if (is_scope(entry)) continue;
    if (entry->place->kind != SS__PLACE_SLICE || entry->at != data) return;
    if (size > entry->size) entry->place->bytes += size - entry->size;
    if (entry->place->largest < size) entry->place->largest = size;
    hold(all, at, size);
    return;
  }
}

void ss__profile_open(ss_stack *stack, ss__site site)
{
  whole_profile *all = profile_of(stack);
  ss__place *place = all ? place_of(all, site, SS__PLACE_BUFFER) : NULL;
  if (place == NULL) return;
  place->calls++;
  all->opening = SS__NO_ENTRY;
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) return;
  watch_on(stack);
  all->opening = push_entry(stack, all, place, stack->top, 0);
}

void ss__profile_opened(ss_stack *stack, ss__lane *lane, ss__growth before)
{
  whole_profile *all = profile_in(stack);
  if (all == NULL || all->opening == SS__NO_ENTRY || lane == &ss__unopened_lane) return;
  ss__entry *entry = entry_at(all, all->opening);
  add_growth(stack, all, entry->place, before);
  entry->lane = lane;
  entry->older_open = all->open;
  all->open = all->opening;
  all->opening = SS__NO_ENTRY;
  // If the scope ends while the buffer is open, the buffer must be taken off the list.
  all->hot.scope |= SS__IS_SLOW;
  // With the limit at its top, the buffer asks the library for room step by step, as on a stack
  // that was never deeper. This is how its size is known while it is open.
  lane->limit = lane->top;
}

void ss__profile_uncover(ss_stack *stack, const ss__lane *lane)
{
  whole_profile *all = profile_in(stack);
  const size_t offset = all ? find_open(all, lane) : SS__NO_ENTRY;
  if (offset) hold(all, offset, (size_t)(lane->limit - lane->top));
}

void ss__profile_grown(ss_stack *stack, const ss__lane *lane, ss__growth before)
{
  whole_profile *all = profile_in(stack);
  if (all == NULL ||
      (stack->growths == before.growths && stack->bytes_copied == before.bytes_copied))
    return;
  const size_t offset = find_open(all, lane);
  if (offset) add_growth(stack, all, entry_at(all, offset)->place, before);
}

void ss__profile_closed(ss_stack *stack, const ss__lane *lane, size_t size)
{
  whole_profile *all = profile_in(stack);
  const size_t offset = all ? find_open(all, lane) : SS__NO_ENTRY;
  if (offset == SS__NO_ENTRY) return;
  ss__entry *entry = entry_at(all, offset);
  end_open(all, entry);
  count_bytes(entry->place, size);
  // The buffer was closed in line: no mark was saved at this version while it was open.
  const size_t version = entry->version & ~SS__IN_SNAPSHOT;
  if (version == (stack->mark_version | SS__WATCHED)) stack->mark_version = version;
  hold(all, offset, size);
  quicken(all);
}

// -------------------------------------------------------------------------------------------------
// The report

// Sorts places of the same name next to one another.
static int by_name(const void *left, const void *right)
{
  const ss__place *a = (const ss__place *)left, *b = (const ss__place *)right;
  int order = strcmp(a->site.file, b->site.file);
  if (order == 0) order = (a->site.line > b->site.line) - (a->site.line < b->site.line);
  return order ? order : strcmp(a->site.name, b->site.name);
}

static bool has_scope(const ss__place *place)
{
  return place->kind == SS__PLACE_SCOPE;
}

static int by_weight(const void *left, const void *right)
{
  const ss__place *a = (const ss__place *)left, *b = (const ss__place *)right;
  if (has_scope(a) != has_scope(b)) return has_scope(a) ? 1 : -1;
  if (a->live_at_peak != b->live_at_peak) return a->live_at_peak < b->live_at_peak ? 1 : -1;
  if (a->largest != b->largest) return a->largest < b->largest ? 1 : -1;
  if (a->calls != b->calls) return a->calls < b->calls ? 1 : -1;
  return by_name(left, right);
}

static void merge(ss__place *into, const ss__place *place)
{
  into->calls += place->calls;
  into->bytes += place->bytes;
  if (into->largest < place->largest) into->largest = place->largest;
  into->live += place->live;
  into->live_at_peak += place->live_at_peak;
  into->growths += place->growths;
  into->bytes_copied += place->bytes_copied;
  into->growth_ns += place->growth_ns;
}

// Returns a copy of all places, the heaviest first and scopes last, which the caller frees. NULL:
// there are no places, or no memory.
static ss__place *sorted_places(whole_profile *all, size_t *count)
{
  *count = 0;
  if (all == NULL || all->place_count == 0) return NULL;
  ss__place *places = (ss__place *)malloc(all->place_count * sizeof *places);
  if (places == NULL) return NULL;
  take_snapshot(all);
  size_t found = 0;
  for (size_t i = 0; i < all->slot_count; i++) {
    if (all->slots[i]) places[found++] = *all->slots[i];
  }
  // The buffers that are still open have not been counted yet.
  qsort(places, found, sizeof *places, by_name);
  for (size_t i = 0; i < found; i++) {
    if (*count && by_name(&places[*count - 1], &places[i]) == 0) {
      merge(&places[*count - 1], &places[i]);
    } else {
      places[(*count)++] = places[i];
    }
  }
  qsort(places, *count, sizeof *places, by_weight);
  return places;
}

void ss_stack_report(const ss_stack *stack, ss_line_fn *fn, void *context)
{
  const ss__listener to = {fn, context};
  whole_profile *all = profile_in(stack);
  const ss_stats stats = ss_stack_stats(stack);
  size_t count;
  ss__place *places = sorted_places(all, &count);
  ss__tell(&to, "secondstack: %zu bytes at most, %zu of them profiled, at %zu places; %zu growths",
           stats.peak, all ? all->hot.peak : 0, count, stats.growths);
  for (size_t i = 0; i < count; i++) {
    const ss__place *place = &places[i];
    if (i == 0 || has_scope(place) != has_scope(&places[i - 1])) {
      ss__tell(&to, "  %12s %12s %14s %10s %8s %10s %12s  %s", "at the peak", "largest", "bytes",
               "calls", "growths", "us of it", "copied",
               has_scope(place) ? "scope, what it held itself" : "place");
    }
    ss__tell(&to, "  %12zu %12zu %14llu %10zu %8zu %10llu %12zu  %s at %s:%d", place->live_at_peak,
             place->largest, place->bytes, place->calls, place->growths, place->growth_ns / 1000,
             place->bytes_copied, place->site.name, place->site.file, place->site.line);
  }
  free(places);
}

const char *ss__quoted(const char *text, char *room, size_t room_bytes)
{
  size_t length = 0;
  for (; *text && length + 7 < room_bytes; text++) {
    if (*text == '"' || *text == '\\') {
      room[length++] = '\\';
      room[length++] = *text;
    } else if ((unsigned char)*text < ' ') {
      length += (size_t)snprintf(room + length, 7, "\\u%04x", (unsigned)*text);
    } else {
      room[length++] = *text;
    }
  }
  room[length] = 0;
  return room;
}

void ss_stack_report_json(const ss_stack *stack, ss_line_fn *fn, void *context)
{
  const ss__listener to = {fn, context};
  whole_profile *all = profile_in(stack);
  const ss_stats stats = ss_stack_stats(stack);
  size_t count;
  ss__place *places = sorted_places(all, &count);
  ss__tell(&to,
           "{\"used\": %zu, \"reserved\": %zu, \"peak\": %zu, \"chunks\": %zu, \"growths\": %zu, "
           "\"bytes_copied\": %zu, \"backing_calls\": %zu,",
           stats.used, stats.reserved, stats.peak, stats.chunks, stats.growths, stats.bytes_copied,
           stats.backing_calls);
  ss__tell(&to, " \"profiled_peak\": %zu, \"places\": [", all ? all->hot.peak : 0);
  for (size_t i = 0; i < count; i++) {
    const ss__place *place = &places[i];
    char file[256];
    ss__tell(
        &to,
        "  {\"call\": \"%s\", \"file\": \"%s\", \"line\": %d, \"is_scope\": %s, \"calls\": %zu, "
        "\"bytes\": %llu, \"largest\": %zu, \"at_peak\": %zu, \"growths\": %zu, "
        "\"growth_ns\": %llu, \"bytes_copied\": %zu}%s",
        place->site.name, ss__quoted(place->site.file, file, sizeof file), place->site.line,
        has_scope(place) ? "true" : "false", place->calls, place->bytes, place->largest,
        place->live_at_peak, place->growths, place->growth_ns, place->bytes_copied,
        i + 1 < count ? "," : "");
  }
  ss__tell(&to, "]}");
  free(places);
}

// -------------------------------------------------------------------------------------------------
// Failing

static size_t insert_largest(const ss__place *largest[NAMED_PLACES], size_t count,
                             const ss__place *place)
{
  size_t at = count;
  while (at > 0 && largest[at - 1]->live < place->live) at--;
  if (at == NAMED_PLACES) return count;
  if (count < NAMED_PLACES) count++;
  for (size_t i = count - 1; i > at; i--) largest[i] = largest[i - 1];
  largest[at] = place;
  return count;
}

// Fails with the message of a call that met max_bytes, and names the places that hold the most.
// Needs no memory. Returns if the call failed for another reason, which the call itself then
// reports.
void ss__profile_fail(ss_stack *stack, ss__site site, size_t size, size_t used)
{
  whole_profile *all = profile_in(stack);
  const size_t max_bytes = stack->config.max_bytes;
  const size_t left = max_bytes > stack->reserved ? max_bytes - stack->reserved : 0;
  if (all == NULL || max_bytes == 0 || (size <= left && used <= left - size)) return;
  for (size_t i = 0; i < all->slot_count; i++) {
    if (all->slots[i]) all->slots[i]->live = 0;
  }
  for (size_t at = SS__FIRST_ENTRY; at < all->hot.end; at += sizeof(ss__entry)) {
    const ss__entry *entry = entry_at(all, at);
    if (!is_scope(entry)) entry->place->live += entry->size;
  }
  const ss__place *largest[NAMED_PLACES];
  size_t count = 0;
  for (size_t i = 0; i < all->slot_count; i++) {
    const ss__place *place = all->slots[i];
    if (place && place->live) count = insert_largest(largest, count, place);
  }
  if (count == 0) return;
  char text[512];
  size_t length = (size_t)snprintf(text, sizeof text, "the most is held by");
  for (size_t i = 0; i < count && length < sizeof text; i++) {
    const char *file = strrchr(largest[i]->site.file, '/');
    length +=
        (size_t)snprintf(text + length, sizeof text - length, "%s %s at %s:%d (%zu)", i ? "," : "",
                         largest[i]->site.name, file ? file + 1 : largest[i]->site.file,
                         largest[i]->site.line, largest[i]->live);
  }
  if (length < sizeof text) (void)snprintf(text + length, sizeof text - length, "; max_bytes is");
  (void)ss__fail(site.name, size, "bytes", text, max_bytes);
}
