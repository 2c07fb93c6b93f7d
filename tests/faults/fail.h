// How a trial, a process of its own, says what it found.
#pragma once

namespace faults {

// Where the message goes: shared memory of the process that waits for this one.
void send_message_to(char* buffer, unsigned size);

// Leaves the message and ends the process.
[[noreturn]] [[gnu::format(printf, 1, 2)]] void fail(const char* format, ...);

#define FAULTS_REQUIRE(condition)                                                                                      \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      ::faults::fail("%s:%d: %s is false", __FILE__, __LINE__, #condition);                                            \
    }                                                                                                                  \
  } while (false)

} // namespace faults
