// SPDX-License-Identifier: MIT
// Lua: a state is made, a script runs in it, and it is closed, all in one scope. The collector frees in any order, so freed
// blocks wait until the scope ends. That suits a script that ends, but not a state that lives on.
//
//   cc -I ../../include lua.c ../../src/*.c -pthread $(pkg-config --cflags --libs lua5.4) && ./a.out
#include "with.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

static const char *const script =
    "local words = {}\n"
    "for i = 1, 2000 do words[i] = ('w' .. i * 7919 % 1009):rep(i % 4 + 1, '-') end\n"
    "table.sort(words)\n"
    "local lines = {}\n"
    "for i = 1, #words, 10 do\n"
    "  lines[#lines + 1] = string.format('%4d %s', i, table.concat(words, ' ', i, math.min(i + 9, "
    "#words)))\n"
    "end\n"
    "local function fibonacci(n) return n < 2 and n or fibonacci(n - 1) + fibonacci(n - 2) end\n"
    "lines[#lines + 1] = 'fibonacci ' .. fibonacci(15)\n"
    "return table.concat(lines, '\\n'):gsub('w1', function(m) return m:upper() end)\n";

static void *plain(void *user, void *block, size_t old_size, size_t size)
{
  (void)user;
  (void)old_size;
  if (size != 0) return block ? with_realloc(block, size) : with_malloc(size);
  with_free(block);
  return NULL;
}

static void run_script(with_output *out, ss_adapter *scratch)
{
  lua_State *state = lua_newstate(scratch ? ss_adapt_lua : plain, scratch);  // glue
  if (state == NULL) return;
  luaL_openlibs(state);
  if (luaL_loadstring(state, script) == LUA_OK && lua_pcall(state, 0, 1, 0) == LUA_OK) {
    size_t size = 0;
    const char *text = lua_tolstring(state, -1, &size);
    with_write(out, text, size);
  }
  lua_close(state);
}

int main(int argc, char **argv)
{
  return with_main(argc, argv, "Lua 5.4", run_script);
}
