// SPDX-License-Identifier: PostgreSQL
// Where the extension calls the server or allocates, as places that can be counted and made to fail
// one by one. A place is a call with the calls of the extension that led to it.
//
//   faults_count()            forgets all places and counts from now on
//   faults_places()           stops, and lists what was passed: place, entry point, what is called
//   faults_arm(place, kind)   makes the place fail once: 'memory' (53200) or 'cancel' (57014)
//   faults_disarm()           whether it was reached
//   faults_live()             allocations of C++ that are not freed
#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

#include <cstdlib>
#include <new>

#include "adapter/postgres.hpp"

extern "C" {
#include "lib/stringinfo.h"

void faults_server_call(int number, void* caller);
PG_FUNCTION_INFO_V1(faults_count);
PG_FUNCTION_INFO_V1(faults_places);
PG_FUNCTION_INFO_V1(faults_arm);
PG_FUNCTION_INFO_V1(faults_disarm);
PG_FUNCTION_INFO_V1(faults_live);
}

namespace {

const char* const kCalls[] = {
#include "calls.inc"
};
constexpr int kNew = -1;
constexpr int kDeepest = 24;
constexpr std::size_t kTable = 1 << 16;
constexpr std::size_t kMost = kTable / 2;

struct Stack {
  std::uintptr_t frames[kDeepest];
  int depth = 0;
};

struct Place {
  std::uint64_t hash;
  int number;
  std::uintptr_t caller;
  std::uintptr_t entry;
};

enum class Mode { kOff, kCount, kArmed };

Mode mode = Mode::kOff;
Place table[kTable];  // by hash, 0 where there is none
std::size_t places = 0;
Place armed{};
bool armed_anywhere = false;  // of another backend: who calls it is not known
int armed_sqlstate = 0;
bool reached = false;
std::int64_t live = 0;

/// Where this library lies.
struct Library {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  Library() { dl_iterate_phdr(find, this); }
  [[nodiscard]] bool holds(std::uintptr_t address) const {
    return begin <= address && address < end;
  }

 private:
  static int find(dl_phdr_info* info, std::size_t, void* argument) {
    Library& found = *static_cast<Library*>(argument);
    found.begin = info->dlpi_addr;
    found.end = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& header = info->dlpi_phdr[i];
      if (header.p_type == PT_LOAD) {
        found.end =
            std::max<std::uintptr_t>(found.end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
      }
    }
    return found.holds(reinterpret_cast<std::uintptr_t>(&faults_server_call)) ? 1 : 0;
  }
};

const Library& library() {
  static const Library kLibrary;
  return kLibrary;
}

_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* argument) {
  auto& stack = *static_cast<Stack*>(argument);
  const std::uintptr_t address = _Unwind_GetIP(context);
  if (address == 0) return _URC_END_OF_STACK;
  if (library().holds(address)) {
    if (stack.depth == kDeepest) return _URC_END_OF_STACK;
    stack.frames[stack.depth++] = address - library().begin;
  }
  return _URC_NO_REASON;
}

Place place_of(int number, std::uintptr_t caller) {
  Stack stack;
  _Unwind_Backtrace(add_frame, &stack);
  Place place{1469598103934665603ULL, number, caller, 0};
  for (int i = 0; i < stack.depth; ++i) {
    place.hash = (place.hash ^ stack.frames[i]) * 1099511628211ULL;
    place.hash ^= place.hash >> 29;
  }
  place.hash = place.hash == 0 ? 1 : place.hash;
  if (stack.depth > 0) place.entry = stack.frames[stack.depth - 1];
  return place;
}

Place& slot_of(std::uint64_t hash) {
  std::size_t i = hash % kTable;
  while (table[i].hash != 0 && table[i].hash != hash) i = (i + 1) % kTable;
  return table[i];
}

void note(const Place& place) {
  Place& slot = slot_of(place.hash);
  if (slot.hash != 0 || places == kMost) return;
  slot = place;
  ++places;
}

/// Whether the call is to fail.
bool pass(int number, std::uintptr_t caller) {
  if (mode == Mode::kOff) return false;
  // The whole stack takes long to walk.
  if (mode == Mode::kArmed && !armed_anywhere && (number != armed.number || caller != armed.caller))
    return false;
  const Mode before = mode;
  mode = Mode::kOff;
  const Place place = place_of(number, caller);
  reached = reached || place.hash == armed.hash;
  if (before == Mode::kArmed && reached) return true;
  if (before == Mode::kCount) note(place);
  mode = before;
  return false;
}

void* allocate(std::size_t size, std::uintptr_t caller) {
  void* memory = pass(kNew, caller) ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  ++live;
  return memory;
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  --live;
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size, reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}
// Who asks for this one (a sort for its buffer) lives without.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* memory = std::malloc(size);
  live += memory == nullptr ? 0 : 1;
  return memory;
}
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }

void faults_server_call(int number, void* caller) {
  if (!pass(number, reinterpret_cast<std::uintptr_t>(caller))) return;
  ereport(ERROR, (errcode(armed_sqlstate), errmsg("injected into %s", kCalls[number])));
}

Datum faults_count(PG_FUNCTION_ARGS) {
  std::fill_n(table, kTable, Place{});
  places = 0;
  armed = Place{};
  mode = Mode::kCount;
  PG_RETURN_VOID();
}

Datum faults_places(PG_FUNCTION_ARGS) {
  mode = Mode::kOff;
  if (places == kMost) elog(ERROR, "there are too many places");
  StringInfoData text;
  initStringInfo(&text);
  for (std::size_t i = 0; i < kTable; ++i) {
    const Place& place = table[i];
    if (place.hash == 0) continue;
    Dl_info info{};
    dladdr(reinterpret_cast<void*>(library().begin + place.entry), &info);
    appendStringInfo(&text, "%ld %s %s\n", static_cast<long>(place.hash),
                     info.dli_sname == nullptr ? "?" : info.dli_sname,
                     place.number == kNew ? "new" : kCalls[place.number]);
  }
  PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}

Datum faults_arm(PG_FUNCTION_ARGS) {
  const auto hash = static_cast<std::uint64_t>(PG_GETARG_INT64(0));
  armed = slot_of(hash);
  armed_anywhere = armed.hash == 0;
  armed.hash = hash;
  const text* kind = PG_GETARG_TEXT_PP(1);
  armed_sqlstate = VARDATA_ANY(kind)[0] == 'm' ? ERRCODE_OUT_OF_MEMORY : ERRCODE_QUERY_CANCELED;
  reached = false;
  mode = Mode::kArmed;
  PG_RETURN_VOID();
}

Datum faults_disarm(PG_FUNCTION_ARGS) {
  mode = Mode::kOff;
  PG_RETURN_BOOL(reached);
}

Datum faults_live(PG_FUNCTION_ARGS) { PG_RETURN_INT64(live); }
