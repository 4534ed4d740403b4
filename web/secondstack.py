# SPDX-License-Identifier: MIT
"""secondstack as an Emscripten port, for Emscripten 3.1.54 and later:

  emcc main.c --use-port=path/to/secondstack/web/secondstack.py
  emcc main.c --use-port=path/to/secondstack/web/secondstack.py:optimizationLevel=z:debug=true

emcc compiles the library when it first needs it, as the program is compiled: -flto, -sMAIN_MODULE,
-sMEMORY64. The archive lies in emcc's cache under a name that says version, options and, since the
sources lie beside this file, which sources they were.
"""

import glob
import hashlib
import os
import re

# What a port that is part of Emscripten must say of itself.
URL = 'https://crates.io/crates/second-stack'
DESCRIPTION = 'A second stack for every thread: scopes, slices and growing buffers'
LICENSE = 'MIT license'

VALID_OPTION_VALUES = {
  'optimizationLevel': ['0', '1', '2', '3', 'g', 's', 'z'],
  'debug': ['true', 'false'],
}

OPTIONS = {
  'optimizationLevel': f'Optimization level of the library: {VALID_OPTION_VALUES["optimizationLevel"]} (default: 3)',
  'debug': 'Boolean: the program checks every misuse (SS_DEBUG=1), and the library has debug information (default: false)',
}

# From --use-port.
opts = {
  'optimizationLevel': '3',
  'debug': False,
}

# With another project's sources this is the one function to change: to ports.fetch_project(...) and
# ports.get_dir(...).
source_dir = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
include_dir = os.path.join(source_dir, 'include')


def get_sources():
  """The library's sources relative to source_dir, with what attach() of the JavaScript module calls."""
  paths = sorted(glob.glob(os.path.join(source_dir, 'src', '*.c')))
  sources = [os.path.relpath(p, source_dir) for p in paths]
  attached = ('bindings.c', 'profile_text.c', 'program_stack.c', 'thread_stack.c')
  return sources + [os.path.join('web', name) for name in attached]


def get_version():
  with open(os.path.join(include_dir, 'secondstack.h'), encoding='utf-8') as header:
    number = int(re.search(r'^#define SS_VERSION (\d+)$', header.read(), re.MULTILINE).group(1))
  return f'{number // 10000}.{number // 100 % 100}.{number % 100}'


def get_digest():
  digest = hashlib.sha256()
  headers = glob.glob(os.path.join(source_dir, 'src', '*.h')) + [os.path.join(source_dir, 'web', 'bindings.h')]
  headers += glob.glob(os.path.join(include_dir, '**', '*.h'), recursive=True)
  for path in [os.path.join(source_dir, source) for source in get_sources()] + sorted(headers):
    with open(path, 'rb') as file:
      digest.update(file.read())
  return digest.hexdigest()[:8]


def get_lib_name(settings):
  return (f'libsecondstack-{get_version()}-{get_digest()}-O{opts["optimizationLevel"]}' +
          ('-debug' if opts['debug'] else '') +
          '.a')


def get(ports, settings, shared):
  def create(final):
    # One archive serves programs with and without threads: see CMakeLists.txt.
    flags = ['-std=c11', '-pthread', f'-O{opts["optimizationLevel"]}']
    if opts['debug']:
      flags += ['-g']
    ports.build_port(source_dir, final, 'secondstack', includes=[include_dir], flags=flags, srcs=get_sources())

  return [shared.cache.get_lib(get_lib_name(settings), create, what='port')]


def clear(ports, settings, shared):
  shared.cache.erase_lib(get_lib_name(settings))


def process_args(ports):
  # Not copied into the sysroot, where the headers of another version may lie.
  return ['-isystem', include_dir] + (['-DSS_DEBUG=1'] if opts['debug'] else [])


def show():
  return f'secondstack (--use-port=secondstack; {LICENSE})'


def handle_options(options, error_handler):
  for option, value in options.items():
    value = value.lower()
    if value not in VALID_OPTION_VALUES[option]:
      error_handler(f'[{option}] can be {VALID_OPTION_VALUES[option]}, got [{value}]')
    opts[option] = value == 'true' if isinstance(opts[option], bool) else value
