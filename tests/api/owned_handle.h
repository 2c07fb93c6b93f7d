// A handle; closed at the end of the scope.
#pragma once

#include "expect.h"

namespace apitest {

class OwnedHandle {
public:
  explicit OwnedHandle(HANDLE handle) : handle_(handle) {}
  OwnedHandle(OwnedHandle&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
  OwnedHandle& operator=(OwnedHandle&&) = delete;
  ~OwnedHandle() { close(); }

  operator HANDLE() const { return handle_; } // NOLINT(google-explicit-constructor): it is one
  void close() {
    if (handle_ != nullptr) {
      EXPECT_TRUE(CloseHandle(handle_));
    }
    handle_ = nullptr;
  }

private:
  HANDLE handle_;
};

} // namespace apitest
