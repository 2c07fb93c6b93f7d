// Scenarios: what a program does in a process of its own, which may end in any way.
//
//   SCENARIO_TEST(Chain, a_handler_from_before_keeps_its_faults, "exit 0") {
//     install_own_handler();
//     DEMAND(read(mine) == 0);      // else: a line to stderr, and exit 1
//   }
//
// The test runs this program again with --scenario, so each scenario begins where main does: with no handler installed
// and nothing used. "exit 0" is a body that came to its end; "signal 11" a process that ended by SIGSEGV.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace apitest {

class Scenario {
public:
  using Body = void (*)();
  Scenario(const char* name, Body body);

  // In the child: runs the scenario of that name and ends the process.
  [[noreturn]] static void play(const std::string& name);

private:
  const char* name_;
  Body body_;
  Scenario* next_;
};

// "exit 3", "signal 11" or "no end after a minute". What the scenario wrote to stderr is added when it ended by itself
// and not with 0.
std::string outcome_of(const char* scenario);

// All that it wrote to stderr. Here a sanitizer's own handlers of signals stay; in the other runs they are off, since
// they would end the process in their way.
std::string words_of(const char* scenario);

// What became of a traced run: where its processor was when the process ended, as a core file would show it.
struct LastBreath {
  std::string outcome;
  unsigned long long instruction;
  unsigned long long rcx;
  unsigned char code[4];
  bool traced; // false where tracing is not allowed
};
LastBreath last_breath_of(const char* scenario);

} // namespace apitest

#define DEMAND(...)                                                                                                    \
  do {                                                                                                                 \
    if (!(__VA_ARGS__)) {                                                                                              \
      std::fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, #__VA_ARGS__);                                       \
      std::_Exit(1);                                                                                                   \
    }                                                                                                                  \
  } while (false)

#define SCENARIO(suite, name)                                                                                          \
  static void scenario_##suite##_##name();                                                                             \
  static ::apitest::Scenario registered_##suite##_##name(#suite "." #name, scenario_##suite##_##name);                 \
  static void scenario_##suite##_##name()

#define SCENARIO_TEST(suite, name, expected)                                                                           \
  static void scenario_##suite##_##name();                                                                             \
  static ::apitest::Scenario registered_##suite##_##name(#suite "." #name, scenario_##suite##_##name);                 \
  TEST(suite, name) { EXPECT_EQ(::apitest::outcome_of(#suite "." #name), expected); }                                  \
  static void scenario_##suite##_##name()
