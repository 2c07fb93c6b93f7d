// A vector that grows where it stands. Address space for its largest size is reserved once; memory is committed as it
// grows and decommitted as it shrinks. No element ever moves, so pointers stay good and growing copies nothing.

#include <stdio.h>
#include <windows.h>

template <class T> class GrowingVector {
public:
  explicit GrowingVector(size_t most)
      : reserved_(whole_pages(most * sizeof(T))),
        first_(static_cast<T*>(VirtualAlloc(nullptr, reserved_, MEM_RESERVE, PAGE_NOACCESS))) {}
  ~GrowingVector() { VirtualFree(first_, 0, MEM_RELEASE); }
  GrowingVector(const GrowingVector&) = delete;
  GrowingVector& operator=(const GrowingVector&) = delete;

  bool push_back(const T& value) {
    if ((size_ + 1) * sizeof(T) > committed_ && !grow())
      return false;
    first_[size_++] = value;
    return true;
  }

  // Drops elements from the end and gives their whole pages back.
  void resize_down(size_t size) {
    size_t keep = whole_pages(size * sizeof(T));
    if (keep < committed_) {
      VirtualFree(bytes() + keep, committed_ - keep, MEM_DECOMMIT);
      committed_ = keep;
    }
    size_ = size;
  }

  bool ready() const { return first_ != nullptr; }
  T& operator[](size_t i) { return first_[i]; }
  size_t size() const { return size_; }
  size_t committed() const { return committed_; }

private:
  static constexpr size_t kPage = 4096;
  static constexpr size_t kFirstStep = 65536;

  static size_t whole_pages(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }
  char* bytes() const { return reinterpret_cast<char*>(first_); }

  // Doubles what is committed, within the reservation. If the system has no more memory the vector is as it was.
  bool grow() {
    size_t more = committed_ ? committed_ : kFirstStep;
    if (more > reserved_ - committed_)
      more = reserved_ - committed_;
    if (more == 0 || !VirtualAlloc(bytes() + committed_, more, MEM_COMMIT, PAGE_READWRITE))
      return false;
    committed_ += more;
    return true;
  }

  size_t reserved_; // in bytes, as all but size_
  T* first_;
  size_t size_ = 0;
  size_t committed_ = 0;
};

static unsigned long long kib(size_t bytes) { return bytes / 1024; }

int main() {
  GrowingVector<int> numbers(size_t{4} << 30); // room for 16 GiB, which costs nothing yet
  if (!numbers.ready())
    return 1;

  numbers.push_back(0);
  int* front = &numbers[0];
  size_t committed = 0;
  for (int i = 1; i < 1000000; ++i) {
    if (numbers.committed() != committed) {
      committed = numbers.committed();
      printf("%7llu elements: %4llu KiB committed\n", static_cast<unsigned long long>(numbers.size()), kib(committed));
    }
    if (!numbers.push_back(i))
      return 1;
  }
  printf("the first element is still at its place: %s\n", front == &numbers[0] ? "yes" : "no");

  long long sum = 0;
  for (size_t i = 0; i < numbers.size(); ++i)
    sum += numbers[i];
  printf("sum of all: %lld\n", sum);

  numbers.resize_down(10000);
  printf("cut to %llu elements: %llu KiB committed, the last is %d\n", static_cast<unsigned long long>(numbers.size()),
         kib(numbers.committed()), numbers[numbers.size() - 1]);

  GrowingVector<char> small(100000);
  while (small.push_back('x'))
    ;
  printf("a vector made for 100000 bytes is full at %llu, the end of its last page\n",
         static_cast<unsigned long long>(small.size()));
  return 0;
}
