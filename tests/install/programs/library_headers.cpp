// The C++ library's and libc's headers with Windows' macros defined, and Windows' header in the middle.
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <barrier>
#include <bit>
#include <bitset>
#include <charconv>
#include <chrono>
#include <cmath>
#include <codecvt>
#include <complex>
#include <condition_variable>
#include <coroutine>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <execution>
#include <experimental/filesystem>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <immintrin.h>
#include <iomanip>
#include <iostream>
#include <latch>
#include <list>
#include <locale>
#include <map>
#include <math.h>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#if __has_include(<omp.h>) // clang's is a package of its own
#include <parallel/algorithm>
#endif
#include <pthread.h>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <source_location>
#include <span>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>
#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <wchar.h>

#ifndef _WIN32
#error "a header has taken _WIN32 away"
#endif
static_assert(sizeof(std::filesystem::path::value_type) == 1, "paths are the C++ library's for POSIX");

int main() {
  std::regex pattern("a+");
  std::filesystem::path here = std::filesystem::current_path();
  void* block = _mm_malloc(64, 64);
  _mm_free(block);
  std::mutex mutex;
  std::scoped_lock lock(mutex);
  std::cout << (std::regex_match("aaa", pattern) && here.is_absolute() ? "ok" : "wrong") << std::endl;
}
