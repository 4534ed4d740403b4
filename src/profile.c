// SPDX-License-Identifier: MIT
// Which places in the source use a stack: the functions that a program compiled with SS_PROFILE=1
// calls in addition to the usual ones.
//
// Each profiled scope, slice and buffer has a record on the undo log. The record lies outside the
// lanes, so that profiling does not make the stack deeper. Whatever ends a scope undoes the record,
// be it a restore in code that is not profiled, a longjmp or an exception. Therefore the profile
// knows exactly what is live, and with it each place's share of the high-water mark.
//
// That share is written lazily. A new high-water mark only raises `epoch`. A place's share at that
// moment is what the place has live until this next changes, so the next change writes it down. A
// record therefore costs the same however many places there are.
//
// The memory comes from malloc, because taking it from the stack would change what is measured. If
// malloc fails, the report is incomplete.
#define _GNU_SOURCE
#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RECORDS_PER_BLOCK = 64, FIRST_SLOTS = 64, NAMED_PLACES = 5 };

// A place in the source, and what was made there.
struct profile_place {
  ss__site site;
  bool is_scope;
  size_t calls;
  unsigned long long bytes;
  size_t largest;
  size_t live;
  size_t
      live_at_peak;  // valid at `epoch`; if there is a later epoch, it is `live`, unchanged since
  size_t epoch;
  size_t growths;
  size_t bytes_copied;
  unsigned long long growth_ns;
};

typedef struct record_block {
  struct record_block *next;
  profile_record records[RECORDS_PER_BLOCK];
} record_block;

typedef struct profile {
  profile_place **slots;  // a hash table
  size_t slot_count;      // a power of two
  size_t place_count;
  size_t live;
  size_t peak;
  size_t epoch;
  profile_record *free_records;  // linked by older_open
  record_block *blocks;
  profile_record *open;   // buffers, the newest first
  profile_record *scope;  // the innermost
  profile_record *opening;
  ss__trace *trace;  // NULL: not tracing
} profile;

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

static profile *profile_of(ss_stack *stack)
{
  if (SS__UNLIKELY(stack->profile == NULL)) {
    profile *made = (profile *)calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): pointers, so that places stay where they are
    made->slots = (profile_place **)calloc(FIRST_SLOTS, sizeof *made->slots);
    if (made->slots == NULL) {
      free(made);
      return NULL;
    }
    made->slot_count = FIRST_SLOTS;
    stack->profile = made;
  }
  // If debug.c has set a watch, it stays: it calls what this one calls.
  if (stack->watch == NULL) stack->watch = &profile_watch;
  return (profile *)stack->profile;
}

void ss__profile_forget(ss_stack *stack)
{
  profile *all = (profile *)stack->profile;
  if (all == NULL) return;
  stack->profile = NULL;
  if (all->trace) ss__trace_end(all->trace);
  for (size_t i = 0; i < all->slot_count; i++) free(all->slots[i]);
  while (all->blocks) {
    record_block *block = all->blocks;
    all->blocks = block->next;
    free(block);
  }
  free(all->slots);
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

static profile_place **slot_of(profile_place **slots, size_t slot_count, const ss__site *site)
{
  size_t at = hash_of(site) & (slot_count - 1);
  while (slots[at] && (slots[at]->site.line != site->line || slots[at]->site.file != site->file ||
                       slots[at]->site.name != site->name)) {
    at = (at + 1) & (slot_count - 1);
  }
  return &slots[at];
}

static bool add_slots(profile *all)
{
  const size_t slot_count = 2 * all->slot_count;
  // NOLINTNEXTLINE(bugprone-sizeof-expression): pointers, so that places stay where they are
  profile_place **slots = (profile_place **)calloc(slot_count, sizeof *slots);
  if (slots == NULL) return false;
  for (size_t i = 0; i < all->slot_count; i++) {
    profile_place *place = all->slots[i];
    if (place) *slot_of(slots, slot_count, &place->site) = place;
  }
  free(all->slots);
  all->slots = slots;
  all->slot_count = slot_count;
  return true;
}

static SS__COLD profile_place *new_place(profile *all, ss__site site, bool is_scope)
{
  if (2 * all->place_count >= all->slot_count && !add_slots(all)) return NULL;
  profile_place *place = (profile_place *)calloc(1, sizeof *place);
  if (place == NULL) return NULL;
  place->site = site;
  place->is_scope = is_scope;
  place->epoch = all->epoch;
  all->place_count++;
  return *slot_of(all->slots, all->slot_count, &site) = place;
}

static profile_place *place_of(profile *all, ss__site site, bool is_scope)
{
  profile_place *place = *slot_of(all->slots, all->slot_count, &site);
  return SS__LIKELY(place != NULL) ? place : new_place(all, site, is_scope);
}

static size_t live_at_peak(const profile *all, const profile_place *place)
{
  return place->epoch == all->epoch ? place->live_at_peak : place->live;
}

static void set_live(const profile *all, profile_place *place, size_t live)
{
  if (place->epoch != all->epoch) {
    place->live_at_peak = place->live;
    place->epoch = all->epoch;
  }
  place->live = live;
}

static void add_growth(const ss_stack *stack, const profile *all, profile_place *place,
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

const ss__site *ss__site_of(const profile_place *place)
{
  return &place->site;
}

ss__trace **ss__trace_place(ss_stack *stack)
{
  profile *all = profile_of(stack);
  return all ? &all->trace : NULL;
}

// -------------------------------------------------------------------------------------------------
// Records

// Puts a record on the undo log. No buffer may be open in line.
static profile_record *push_profile_record(ss_stack *stack, profile *all, profile_place *place)
{
  profile_record *record = all->free_records;
  if (SS__UNLIKELY(record == NULL)) {
    record_block *block = (record_block *)calloc(1, sizeof *block);
    if (block == NULL) return NULL;
    block->next = all->blocks;
    all->blocks = block;
    for (size_t i = 0; i < RECORDS_PER_BLOCK; i++) {
      block->records[i].older_open = all->free_records;
      all->free_records = &block->records[i];
    }
    record = all->free_records;
  }
  all->free_records = record->older_open;
  record->place = place;
  record->data = NULL;
  record->size = 0;
  record->lane = NULL;
  record->scope = all->scope;
  ss__push_event(stack, &record->event, ss__undo_profile);
  return record;
}

// Sets the size of what a slice or a buffer holds.
static void hold(profile *all, profile_record *record, size_t size)
{
  const size_t more = size - record->size;  // wraps if the size has fallen
  profile_record *scope = record->scope;
  if (scope) {
    scope->size += more;
    set_live(all, scope->place, scope->place->live + more);
  }
  set_live(all, record->place, record->place->live + more);
  record->size = size;
  all->live += more;
  if (all->live > all->peak) {
    all->peak = all->live;
    all->epoch++;
  }
}

static void count_bytes(profile_place *place, size_t size)
{
  place->bytes += size;
  if (place->largest < size) place->largest = size;
}

static profile_record **find_open(profile *all, const ss__lane *lane)
{
  profile_record **link = &all->open;
  while (*link && (*link)->lane != lane) link = &(*link)->older_open;
  return link;
}

// Takes a buffer off the list of those that are open.
static void end_open(profile *all, profile_record *record)
{
  profile_record **link = find_open(all, record->lane);
  if (*link) *link = record->older_open;
  record->lane = NULL;
}

void ss__undo_profile(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  profile_record *record = (profile_record *)(void *)event;
  profile *all = (profile *)stack->profile;
  stack->undo_log = event->older;
  if (record->place->is_scope) {
    all->scope = record->scope;
    count_bytes(record->place, record->size);
    if (all->trace) ss__trace_scope(all->trace, record);
  } else {
    if (record->lane) {
      count_bytes(record->place, record->size);
      end_open(all, record);
    }
    const size_t made = record->scope ? record->scope->size : 0;
    hold(all, record, 0);
    if (record->scope) record->scope->size = made;  // it was made in this scope all the same
  }
  record->older_open = all->free_records;
  all->free_records = record;
}

// -------------------------------------------------------------------------------------------------
// Calls

void ss__profile_scope(ss_stack *stack, ss__site site)
{
  profile *all = profile_of(stack);
  profile_place *place = all ? place_of(all, site, true) : NULL;
  if (place == NULL) return;
  place->calls++;
  // A record for this scope would turn the buffer that is open in line into an event, perhaps
  // without need. So there is no record, and what is made in this scope counts for the scope around
  // it. With a trace the record is made all the same, because the scope would be missing there.
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && (all->trace == NULL || !ss__settle(stack, &limit))) return;
  profile_record *record = push_profile_record(stack, all, place);
  if (record == NULL) return;
  record->begin_ns = all->trace ? ss__profile_now() : 0;
  all->scope = record;
}

void ss__profile_slice(ss_stack *stack, ss__site site, void *data, size_t size, ss__growth before)
{
  profile *all = profile_of(stack);
  profile_place *place = all ? place_of(all, site, false) : NULL;
  if (place == NULL) return;
  place->calls++;
  add_growth(stack, all, place, before);
  count_bytes(place, size);
  if (size == 0) return;
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) return;
  profile_record *record = push_profile_record(stack, all, place);
  if (record == NULL) return;
  record->data = (const char *)data;
  hold(all, record, size);
}

void ss__profile_resized(ss_stack *stack, const void *data, size_t size)
{
  profile_record *record = (profile_record *)(void *)stack->undo_log;
  if (record == NULL || record->event.undo != ss__undo_profile || record->data != data) return;
  if (size > record->size) record->place->bytes += size - record->size;
  if (record->place->largest < size) record->place->largest = size;
  hold((profile *)stack->profile, record, size);
}

void ss__profile_open(ss_stack *stack, ss__site site)
{
  profile *all = profile_of(stack);
  profile_place *place = all ? place_of(all, site, false) : NULL;
  if (place == NULL) return;
  place->calls++;
  all->opening = NULL;
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) return;
  all->opening = push_profile_record(stack, all, place);
}

void ss__profile_opened(ss_stack *stack, ss__lane *lane, ss__growth before)
{
  profile *all = (profile *)stack->profile;
  if (all == NULL || all->opening == NULL || lane == &ss__unopened_lane) return;
  profile_record *record = all->opening;
  all->opening = NULL;
  add_growth(stack, all, record->place, before);
  record->lane = lane;
  record->older_open = all->open;
  all->open = record;
  // With the limit at its top, the buffer asks the library for room step by step, as on a stack
  // that was never deeper. This is how its size is known while it is open.
  lane->limit = lane->top;
}

void ss__profile_uncover(ss_stack *stack, const ss__lane *lane)
{
  profile *all = (profile *)stack->profile;
  profile_record *record = all ? *find_open(all, lane) : NULL;
  if (record) hold(all, record, (size_t)(lane->limit - lane->top));
}

void ss__profile_grown(ss_stack *stack, const ss__lane *lane, ss__growth before)
{
  profile *all = (profile *)stack->profile;
  if (all == NULL ||
      (stack->growths == before.growths && stack->bytes_copied == before.bytes_copied))
    return;
  const profile_record *record = *find_open(all, lane);
  if (record) add_growth(stack, all, record->place, before);
}

void ss__profile_closed(ss_stack *stack, const ss__lane *lane, size_t size)
{
  profile *all = (profile *)stack->profile;
  profile_record *record = all ? *find_open(all, lane) : NULL;
  if (record == NULL) return;
  end_open(all, record);
  count_bytes(record->place, size);
  hold(all, record, size);
}

// -------------------------------------------------------------------------------------------------
// The report

// Sorts places of the same name next to one another.
static int by_name(const void *left, const void *right)
{
  const profile_place *a = (const profile_place *)left, *b = (const profile_place *)right;
  int order = strcmp(a->site.file, b->site.file);
  if (order == 0) order = (a->site.line > b->site.line) - (a->site.line < b->site.line);
  return order ? order : strcmp(a->site.name, b->site.name);
}

static int by_weight(const void *left, const void *right)
{
  const profile_place *a = (const profile_place *)left, *b = (const profile_place *)right;
  if (a->is_scope != b->is_scope) return a->is_scope ? 1 : -1;
  if (a->live_at_peak != b->live_at_peak) return a->live_at_peak < b->live_at_peak ? 1 : -1;
  if (a->largest != b->largest) return a->largest < b->largest ? 1 : -1;
  if (a->calls != b->calls) return a->calls < b->calls ? 1 : -1;
  return by_name(left, right);
}

static void merge(profile_place *into, const profile_place *place)
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
static profile_place *sorted_places(const profile *all, size_t *count)
{
  *count = 0;
  if (all == NULL || all->place_count == 0) return NULL;
  profile_place *places = (profile_place *)malloc(all->place_count * sizeof *places);
  if (places == NULL) return NULL;
  size_t found = 0;
  for (size_t i = 0; i < all->slot_count; i++) {
    if (all->slots[i] == NULL) continue;
    places[found] = *all->slots[i];
    places[found++].live_at_peak = live_at_peak(all, all->slots[i]);
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
  const profile *all = (const profile *)stack->profile;
  const ss_stats stats = ss_stack_stats(stack);
  size_t count;
  profile_place *places = sorted_places(all, &count);
  ss__tell(&to, "secondstack: %zu bytes at most, %zu of them profiled, at %zu places; %zu growths",
           stats.peak, all ? all->peak : 0, count, stats.growths);
  for (size_t i = 0; i < count; i++) {
    const profile_place *place = &places[i];
    if (i == 0 || place->is_scope != places[i - 1].is_scope) {
      ss__tell(&to, "  %12s %12s %14s %10s %8s %10s %12s  %s", "at the peak", "largest", "bytes",
               "calls", "growths", "us of it", "copied",
               place->is_scope ? "scope, what it held itself" : "place");
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
  const profile *all = (const profile *)stack->profile;
  const ss_stats stats = ss_stack_stats(stack);
  size_t count;
  profile_place *places = sorted_places(all, &count);
  ss__tell(&to,
           "{\"used\": %zu, \"reserved\": %zu, \"peak\": %zu, \"chunks\": %zu, \"growths\": %zu, "
           "\"bytes_copied\": %zu, \"backing_calls\": %zu,",
           stats.used, stats.reserved, stats.peak, stats.chunks, stats.growths, stats.bytes_copied,
           stats.backing_calls);
  ss__tell(&to, " \"profiled_peak\": %zu, \"places\": [", all ? all->peak : 0);
  for (size_t i = 0; i < count; i++) {
    const profile_place *place = &places[i];
    char file[256];
    ss__tell(
        &to,
        "  {\"call\": \"%s\", \"file\": \"%s\", \"line\": %d, \"is_scope\": %s, \"calls\": %zu, "
        "\"bytes\": %llu, \"largest\": %zu, \"at_peak\": %zu, \"growths\": %zu, "
        "\"growth_ns\": %llu, \"bytes_copied\": %zu}%s",
        place->site.name, ss__quoted(place->site.file, file, sizeof file), place->site.line,
        place->is_scope ? "true" : "false", place->calls, place->bytes, place->largest,
        place->live_at_peak, place->growths, place->growth_ns, place->bytes_copied,
        i + 1 < count ? "," : "");
  }
  ss__tell(&to, "]}");
  free(places);
}

// -------------------------------------------------------------------------------------------------
// Failing

static size_t insert_largest(const profile_place *largest[NAMED_PLACES], size_t count,
                             const profile_place *place)
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
  const profile *all = (const profile *)stack->profile;
  const size_t max_bytes = stack->config.max_bytes;
  const size_t left = max_bytes > stack->reserved ? max_bytes - stack->reserved : 0;
  if (all == NULL || max_bytes == 0 || (size <= left && used <= left - size)) return;
  const profile_place *largest[NAMED_PLACES];
  size_t count = 0;
  for (size_t i = 0; i < all->slot_count; i++) {
    const profile_place *place = all->slots[i];
    if (place && !place->is_scope && place->live) count = insert_largest(largest, count, place);
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
