// SPDX-License-Identifier: MIT
// Formulas become trees: 100 a frame are read, simplified into a second tree, computed and thrown away, as a shader
// compiler, a spreadsheet or a query planner does. With malloc a node is owned by a std::unique_ptr; on the second
// stack it lies there until the formula is done.
#include "program.h"

#include <string>

namespace {

template <class Memory>
struct node {
  using pointer = typename Memory::template pointer<node>;
  char kind;  // an operator, 'n' or 'x'
  double number;
  pointer left, right;
};

struct malloc_memory {
  struct scope {};
  template <class T>
  using pointer = std::unique_ptr<T>;
  using tree = node<malloc_memory>;
  static pointer<tree> make(char kind, double number, pointer<tree> left, pointer<tree> right)
  {
    return pointer<tree>(new tree{kind, number, std::move(left), std::move(right)});
  }
};

struct stack_memory {
  using scope = ss::scope;
  template <class T>
  using pointer = T *;
  using tree = node<stack_memory>;
  static tree *make(char kind, double number, tree *left, tree *right)
  {
    return ss::make<tree>(kind, number, left, right);
  }
};

// --- Reading: sums of products of numbers, x and what stands in parentheses

template <class Memory>
using pointer_of = typename node<Memory>::pointer;

template <class Memory>
pointer_of<Memory> read_sum(const char **at);

template <class Memory>
pointer_of<Memory> read_factor(const char **at)
{
  const char c = *(*at)++;
  if (c == 'x') return Memory::make('x', 0, nullptr, nullptr);
  if (c != '(') return Memory::make('n', c - '0', nullptr, nullptr);
  pointer_of<Memory> inner = read_sum<Memory>(at);
  ++*at;
  return inner;
}

template <class Memory>
pointer_of<Memory> read_product(const char **at)
{
  pointer_of<Memory> left = read_factor<Memory>(at);
  while (**at == '*') {
    ++*at;
    pointer_of<Memory> right = read_factor<Memory>(at);
    left = Memory::make('*', 0, std::move(left), std::move(right));
  }
  return left;
}

template <class Memory>
pointer_of<Memory> read_sum(const char **at)
{
  pointer_of<Memory> left = read_product<Memory>(at);
  while (**at == '+') {
    ++*at;
    pointer_of<Memory> right = read_product<Memory>(at);
    left = Memory::make('+', 0, std::move(left), std::move(right));
  }
  return left;
}

// --- Simplifying and computing

template <class Memory>
pointer_of<Memory> simplify(const node<Memory> &of)
{
  if (!of.left) return Memory::make(of.kind, of.number, nullptr, nullptr);
  pointer_of<Memory> left = simplify<Memory>(*of.left), right = simplify<Memory>(*of.right);
  if (left->kind == 'n' && right->kind == 'n') {
    const double a = left->number, b = right->number;
    return Memory::make('n', of.kind == '+' ? a + b : a * b, nullptr, nullptr);
  }
  const double neutral = of.kind == '+' ? 0 : 1;
  if (left->kind == 'n' && left->number == neutral) return right;
  if (right->kind == 'n' && right->number == neutral) return left;
  return Memory::make(of.kind, 0, std::move(left), std::move(right));
}

template <class Memory>
double compute(const node<Memory> &of, double x)
{
  switch (of.kind) {
    case 'n':
      return of.number;
    case 'x':
      return x;
    case '+':
      return compute<Memory>(*of.left, x) + compute<Memory>(*of.right, x);
    default:
      return compute<Memory>(*of.left, x) * compute<Memory>(*of.right, x);
  }
}

// --- The formulas

enum { FORMULAS = 128, CALLS = 100 };
std::string formulas[FORMULAS];

void write_formula(numbers &some, unsigned depth, std::string &text)
{
  const uint32_t terms = 1 + some.below(3);
  for (uint32_t i = 0; i < terms; i++) {
    if (i > 0) text += some.below(2) ? '+' : '*';
    if (depth > 0 && some.below(3) > 0) {
      text += '(';
      write_formula(some, depth - 1, text);
      text += ')';
    } else {
      text += some.below(3) > 0 ? static_cast<char>('0' + some.below(4)) : 'x';
    }
  }
}

void prepare()
{
  for (uint32_t i = 0; i < FORMULAS; i++) {
    numbers some(i + 3);
    write_formula(some, 5, formulas[i]);
  }
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  sum total;
  for (uint32_t i = 0; i < CALLS; i++) {
    [[maybe_unused]] typename Memory::scope scope;
    const char *at = formulas[(seed + i) % FORMULAS].c_str();
    const pointer_of<Memory> tree = read_sum<Memory>(&at);
    const pointer_of<Memory> simple = simplify<Memory>(*tree);
    total.add_number(compute<Memory>(*simple, 0.5 + i % 4));
  }
  return total.value();
}

}  // namespace

const program formula_program = {"trees of formulas", frame<malloc_memory>, frame<stack_memory>,
                                 nullptr, prepare};
