// SPDX-License-Identifier: MIT
// A Lua script a frame, in a state of its own, which ends with the frame: lua_Alloc is malloc, or secondstack_adapt.h.
#include "program.h"

#include <lua.hpp>
#include <secondstack_adapt.h>

#include <cstdlib>

namespace {

const char *const script =
    "local seed = ...\n"
    "local things = {}\n"
    "for i = 1, 60 do things[i] = { name = 'thing ' .. (i * seed) % 97, x = i, y = i * seed % 13 } "
    "end\n"
    "table.sort(things, function(a, b) return a.y < b.y or (a.y == b.y and a.x < b.x) end)\n"
    "local words = {}\n"
    "for _, t in ipairs(things) do words[#words + 1] = t.name .. ':' .. t.x end\n"
    "return table.concat(words, ' ')\n";

void *plain(void *, void *block, size_t, size_t size)
{
  if (size != 0) return std::realloc(block, size);
  std::free(block);
  return nullptr;
}

uint64_t run(lua_State *state, uint32_t seed)
{
  sum total;
  if (state == nullptr) return 0;
  luaL_requiref(state, LUA_TABLIBNAME, luaopen_table, 1);
  luaL_requiref(state, LUA_GNAME, luaopen_base, 1);
  lua_pop(state, 2);
  if (luaL_loadstring(state, script) != LUA_OK) return 0;
  lua_pushinteger(state, seed % 1000 + 1);
  if (lua_pcall(state, 1, 1, 0) != LUA_OK) return 0;
  size_t size = 0;
  const char *text = lua_tolstring(state, -1, &size);
  total.add_bytes(text, size);
  lua_close(state);
  return total.value();
}

uint64_t frame_with_malloc(uint32_t seed)
{
  return run(lua_newstate(plain, nullptr), seed);
}

uint64_t frame_on_stack(uint32_t seed)
{
  const ss::scope scope;
  ss_adapter scratch = ss_adapt(ss_thread_stack());
  return run(lua_newstate(ss_adapt_lua, &scratch), seed);
}

}  // namespace

const program lua_program = {"a Lua script a frame", frame_with_malloc, frame_on_stack, nullptr,
                             nullptr};
