#include "generate.h"

#include "winapi.h"

#include <tuple>

namespace model {
namespace {

namespace gen = rc::gen;
using rc::Gen;

// Most things happen in the first few chunks of a window, so that they meet.
constexpr int kHotChunks = 6;
constexpr std::uint32_t kTargets = 0x40000000;

// Numbers that are chosen from ranges shrink towards the range's beginning, so ranges begin with what is simplest.
template <class Integer> Gen<Integer> spread(Integer least, Integer most) {
  return gen::inRange<Integer>(least, static_cast<Integer>(most + 1));
}

Gen<std::int64_t> constant(std::int64_t value) { return gen::just(value); }

// A few pages before or after a border.
Gen<std::int64_t> page_delta() {
  return gen::weightedOneOf<std::int64_t>(
      {{8, constant(0)},
       {3, gen::map(spread<std::int64_t>(1, 4), [](std::int64_t n) { return n * 0x1000; })},
       {3, gen::map(spread<std::int64_t>(1, 4), [](std::int64_t n) { return -n * 0x1000; })},
       {2, gen::map(spread<std::int64_t>(1, 15), [](std::int64_t n) { return n * 0x1000; })}});
}

// Addresses and sizes are mostly page multiples, and sometimes anything.
Gen<std::int64_t> byte_delta() {
  return gen::weightedOneOf<std::int64_t>({{12, constant(0)},
                                           {1, constant(1)},
                                           {1, constant(-1)},
                                           {1, constant(0xFFF)},
                                           {1, spread<std::int64_t>(2, 0xFFE)}});
}

template <class... Parts> Gen<std::int64_t> sum(Gen<Parts>... parts) {
  return gen::map(gen::tuple(std::move(parts)...), [](const auto& values) {
    return std::apply([](auto... each) { return (std::int64_t{0} + ... + each); }, values);
  });
}

Gen<std::int64_t> border_in_window() {
  auto granule = gen::map(spread<std::int64_t>(0, kHotChunks * 32 - 1), [](std::int64_t n) { return n * 0x10000; });
  auto chunk = gen::map(spread<std::int64_t>(0, kHotChunks), [](std::int64_t n) { return n * 0x200000; });
  auto anywhere = gen::map(spread<std::int64_t>(0, 31), [](std::int64_t n) { return n * 0x200000; });
  return gen::weightedOneOf<std::int64_t>({{6, granule}, {6, chunk}, {1, anywhere}});
}

// The first slots hold large reservations, the others what comes.
constexpr int kSpaciousSlots = 3;
Gen<int> spacious_slot() { return spread(0, kSpaciousSlots - 1); }
Gen<int> usual_slot() { return spread(kSpaciousSlots, kSlots - 1); }

Gen<Place> place_in(Gen<int> slot, Place::Origin origin, Gen<std::int64_t> offset) {
  return gen::map(gen::pair(std::move(slot), std::move(offset)), [origin](const std::pair<int, std::int64_t>& parts) {
    return Place{origin, parts.first, parts.second};
  });
}

Gen<Place> place_at(Place::Origin origin, Gen<std::int64_t> offset) {
  bool indexed = origin == Place::Origin::slot || origin == Place::Origin::inside || origin == Place::Origin::after ||
                 origin == Place::Origin::border || origin == Place::Origin::recent;
  return place_in(indexed ? spread(0, kSlots - 1) : gen::just(0), origin, std::move(offset));
}

Gen<Place> place_in_windows() {
  return gen::weightedOneOf<Place>(
      {{3, place_at(Place::Origin::arena, sum(border_in_window(), page_delta(), byte_delta()))},
       {2, place_at(Place::Origin::outside, sum(border_in_window(), page_delta(), byte_delta()))}});
}

Gen<Place> wild_place() {
  return place_at(
      Place::Origin::wild,
      gen::elementOf(std::vector<std::int64_t>{
          0x1, 0x1000, 0xFFFF, static_cast<std::int64_t>(0x7FFFFFFF0000), static_cast<std::int64_t>(0x800000000000),
          static_cast<std::int64_t>(0xFFFF800000000000u), static_cast<std::int64_t>(0xFFFFFFFFFFFFF000u), -1}));
}

// An address for a call about memory that exists, or nearly so.
Gen<Place> place() {
  auto within = sum(gen::map(spread<std::int64_t>(0, 1023), [](std::int64_t n) { return n * 0x1000; }), byte_delta());
  auto near_border = sum(border_in_window(), page_delta(), byte_delta());
  auto at_chunk = sum(gen::map(spread<std::int64_t>(0, 2), [](std::int64_t n) { return n * 0x200000; }), page_delta());
  return gen::weightedOneOf<Place>({{6, place_in_windows()},
                                    {4, place_at(Place::Origin::border, at_chunk)},
                                    {5, place_at(Place::Origin::inside, within)},
                                    {4, place_at(Place::Origin::inside, near_border)},
                                    {5, place_at(Place::Origin::slot, sum(page_delta(), byte_delta()))},
                                    {3, place_at(Place::Origin::after, sum(page_delta(), byte_delta()))},
                                    {1, gen::just(Place{})},
                                    {1, wild_place()}});
}

// Mostly where memory was committed lately.
Gen<Place> committed_place() {
  auto within = sum(gen::map(spread<std::int64_t>(0, 31), [](std::int64_t n) { return n * 0x1000; }), byte_delta());
  auto near_border = sum(border_in_window(), page_delta());
  return gen::weightedOneOf<Place>(
      {{4, place_at(Place::Origin::recent, within)}, {2, place_at(Place::Origin::recent, near_border)}, {3, place()}});
}

// The base of an allocation, more often than not.
Gen<Place> base_place() {
  return gen::weightedOneOf<Place>({{6, place_at(Place::Origin::slot, constant(0))}, {2, place()}});
}

Gen<std::uint64_t> size() {
  auto pages = gen::map(spread<std::int64_t>(1, 16), [](std::int64_t n) { return n * 0x1000; });
  auto granules = gen::map(spread<std::int64_t>(1, 32), [](std::int64_t n) { return n * 0x10000; });
  auto chunks = gen::map(spread<std::int64_t>(1, 3), [](std::int64_t n) { return n * 0x200000; });
  auto usual = gen::weightedOneOf<std::int64_t>({{8, sum(pages, byte_delta())},
                                                 {4, sum(granules, page_delta(), byte_delta())},
                                                 {3, sum(chunks, page_delta(), byte_delta())},
                                                 {1, byte_delta()}});
  return gen::map(usual, [](std::int64_t n) { return n < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(n); });
}

Gen<std::uint64_t> few_pages() {
  return gen::map(spread<std::uint64_t>(1, 6), [](std::uint64_t n) { return n * 0x1000; });
}

// A whole chunk is treated otherwise than one that lacks a page.
Gen<std::uint64_t> nearly_a_chunk() {
  return gen::map(spread<std::uint64_t>(0, 3), [](std::uint64_t n) { return 0x200000 - n * 0x1000; });
}

// For calls that stay within what is there: large ones mostly run over its end.
Gen<std::uint64_t> small_size() {
  return gen::weightedOneOf<std::uint64_t>({{6, few_pages()}, {1, nearly_a_chunk()}, {3, size()}});
}

Gen<std::uint64_t> reserved_size() {
  auto large = gen::map(spread<std::uint64_t>(2, 8), [](std::uint64_t n) { return n * 0x200000; });
  auto absurd = gen::elementOf(std::vector<std::uint64_t>{1ull << 47, ~0ull, ~0ull - 0xFFFF, 1ull << 63});
  return gen::weightedOneOf<std::uint64_t>({{80, size()}, {8, large}, {1, absurd}});
}

Gen<std::uint32_t> protection() {
  return gen::weightedElement<std::uint32_t>({{40, PAGE_READWRITE},
                                              {12, PAGE_READONLY},
                                              {12, PAGE_NOACCESS},
                                              {4, PAGE_EXECUTE},
                                              {7, PAGE_EXECUTE_READ},
                                              {7, PAGE_EXECUTE_READWRITE},
                                              {5, PAGE_READWRITE | PAGE_GUARD},
                                              {2, PAGE_EXECUTE_READ | PAGE_GUARD},
                                              {1, PAGE_READWRITE | PAGE_NOCACHE},
                                              {1, PAGE_EXECUTE_READ | kTargets},
                                              // and what must be refused:
                                              {1, 0u},
                                              {1, PAGE_READONLY | PAGE_READWRITE},
                                              {1, PAGE_WRITECOPY},
                                              {1, PAGE_EXECUTE_WRITECOPY},
                                              {1, PAGE_READWRITE | kTargets},
                                              {1, PAGE_NOACCESS | PAGE_NOCACHE},
                                              {1, PAGE_NOCACHE},
                                              {1, PAGE_GUARD},
                                              {1, PAGE_NOACCESS | PAGE_GUARD},
                                              {1, PAGE_READWRITE | PAGE_GUARD | PAGE_NOCACHE},
                                              {1, PAGE_READWRITE | PAGE_NOCACHE | PAGE_WRITECOMBINE}});
}

Gen<std::uint32_t> bad_alloc_type() {
  return gen::element<std::uint32_t>(0u, MEM_TOP_DOWN, MEM_RESET | MEM_COMMIT, MEM_RESET | MEM_RESET_UNDO, MEM_DECOMMIT,
                                     MEM_RELEASE | MEM_RESERVE, MEM_FREE, MEM_RESET | MEM_TOP_DOWN);
}

Gen<std::uint32_t> free_type() {
  return gen::weightedElement<std::uint32_t>({{20, MEM_DECOMMIT},
                                              {20, MEM_RELEASE},
                                              {1, 0u},
                                              {1, MEM_DECOMMIT | MEM_RELEASE},
                                              {1, MEM_FREE},
                                              {1, MEM_COMMIT}});
}

Gen<bool> one_in(std::size_t n) { return gen::weightedElement<bool>({{n - 1, false}, {1, true}}); }

Gen<Operation> call(Call which, Gen<Place> place, Gen<std::uint64_t> size, Gen<std::uint32_t> type) {
  return gen::build<Operation>(gen::set(&Operation::call, gen::just(which)),
                               gen::set(&Operation::place, std::move(place)),
                               gen::set(&Operation::size, std::move(size)), gen::set(&Operation::type, std::move(type)),
                               gen::set(&Operation::ex, one_in(5)));
}

Gen<Operation> allocation(Call which, Gen<Place> place, Gen<std::uint64_t> size, Gen<std::uint32_t> type) {
  return gen::build(call(which, std::move(place), std::move(size), std::move(type)),
                    gen::set(&Operation::protect, protection()), gen::set(&Operation::slot, usual_slot()));
}

Gen<Operation> alloc_anywhere() {
  auto reserve = gen::element<std::uint32_t>(MEM_RESERVE, MEM_RESERVE | MEM_TOP_DOWN);
  auto commit = gen::weightedElement<std::uint32_t>(
      {{4, MEM_RESERVE | MEM_COMMIT}, {1, MEM_COMMIT}, {1, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN}});
  return gen::weightedOneOf<Operation>({{3, allocation(Call::alloc, gen::just(Place{}), reserved_size(), reserve)},
                                        {2, allocation(Call::alloc, gen::just(Place{}), size(), commit)}});
}

Gen<Operation> alloc_spacious() {
  auto reserve = gen::element<std::uint32_t>(MEM_RESERVE, MEM_RESERVE | MEM_TOP_DOWN);
  auto huge = gen::element<std::uint64_t>(300u << 20, 1u << 30, (1u << 30) + 0x1000);
  return gen::build(allocation(Call::alloc, gen::just(Place{}), huge, reserve),
                    gen::set(&Operation::slot, spacious_slot()));
}

Gen<Operation> reserve_at() {
  auto type = gen::weightedElement<std::uint32_t>(
      {{6, MEM_RESERVE}, {2, MEM_RESERVE | MEM_COMMIT}, {1, MEM_RESERVE | MEM_TOP_DOWN}});
  return allocation(Call::alloc, gen::weightedOneOf<Place>({{5, place_in_windows()}, {1, place()}}), size(), type);
}

Gen<Operation> commit_or_reset() {
  auto type = gen::weightedOneOf<std::uint32_t>(
      {{24, gen::weightedElement<std::uint32_t>({{20, MEM_COMMIT}, {3, MEM_RESET}, {1, MEM_RESET_UNDO}})},
       {1, bad_alloc_type()}});
  return allocation(Call::alloc, gen::weightedOneOf<Place>({{3, place()}, {1, committed_place()}}), small_size(), type);
}

// Bounds are granules of a window most of the time, so that most requests are legal.
Gen<Operation> alloc_within_bounds() {
  auto low = gen::weightedOneOf<Place>({{1, place_at(Place::Origin::arena, border_in_window())},
                                        {1, place_at(Place::Origin::outside, border_in_window())}});
  auto span = gen::weightedOneOf<std::uint64_t>(
      {{5, gen::map(spread<std::uint64_t>(1, 128), [](std::uint64_t n) { return n * 0x10000; })},
       {1, gen::map(spread<std::uint64_t>(1, 128), [](std::uint64_t n) { return n * 0x1000; })},
       {1, gen::just<std::uint64_t>(0)},
       {1, gen::just<std::uint64_t>(0x12345)}});
  auto alignment = gen::weightedElement<std::uint64_t>({{6, 0ull},
                                                        {2, 0x10000ull},
                                                        {2, 0x20000ull},
                                                        {2, 0x200000ull},
                                                        {1, 0x800000ull},
                                                        {1, 0x8000ull},
                                                        {1, 0x30000ull}});
  auto type = gen::weightedElement<std::uint32_t>(
      {{12, MEM_RESERVE}, {6, MEM_RESERVE | MEM_COMMIT}, {3, MEM_RESERVE | MEM_TOP_DOWN}, {1, MEM_COMMIT}});
  auto whole_pages = gen::map(size(), [](std::uint64_t n) { return n & ~std::uint64_t{0xFFF}; });
  return gen::build(allocation(Call::alloc2, low, whole_pages, type), gen::set(&Operation::span, span),
                    gen::set(&Operation::alignment, alignment));
}

Gen<Operation> free_some() {
  auto none = gen::just<std::uint64_t>(0);
  auto decommit = gen::just<std::uint32_t>(MEM_DECOMMIT);
  auto release = gen::just<std::uint32_t>(MEM_RELEASE);
  return gen::weightedOneOf<Operation>({{7, call(Call::free, committed_place(), small_size(), decommit)},
                                        {1, call(Call::free, base_place(), none, decommit)},
                                        {5, call(Call::free, base_place(), none, release)},
                                        {2, call(Call::free, place(), none, free_type())},
                                        {1, call(Call::free, place(), size(), free_type())},
                                        {5, call(Call::nt_free, place(), size(), release)},
                                        {2, call(Call::nt_free, base_place(), none, free_type())},
                                        {2, call(Call::nt_free, place(), size(), free_type())}});
}

Gen<Operation> protect_some() {
  return gen::build(call(Call::protect, committed_place(), small_size(), gen::just<std::uint32_t>(0)),
                    gen::set(&Operation::protect, protection()), gen::set(&Operation::bad_pointer, one_in(40)));
}

Gen<Operation> look(Call which) {
  return gen::build<Operation>(gen::set(&Operation::call, gen::just(which)),
                               gen::set(&Operation::place, committed_place()), gen::set(&Operation::size, size()),
                               gen::set(&Operation::ex, one_in(5)));
}

// The same call over and over, in many chunks, granules or pages: a pattern of islands comes or goes at once.
Gen<Operation> repeated() {
  auto commit = gen::just<std::uint32_t>(MEM_COMMIT);
  auto decommit = gen::just<std::uint32_t>(MEM_DECOMMIT);
  auto release = gen::just<std::uint32_t>(MEM_RELEASE);
  auto reserve = gen::weightedElement<std::uint32_t>({{2, MEM_RESERVE}, {1, MEM_RESERVE | MEM_COMMIT}});
  auto some_chunks = gen::map(spread<std::int64_t>(0, 3), [](std::int64_t n) { return n * 0x7000000; });
  auto start =
      gen::weightedOneOf<Place>({{5, place_in(spacious_slot(), Place::Origin::border, sum(some_chunks, page_delta()))},
                                 {2, place_in(spacious_slot(), Place::Origin::slot, page_delta())},
                                 {2, place_at(Place::Origin::slot, page_delta())}});
  auto one = gen::weightedOneOf<Operation>(
      {{5, allocation(Call::alloc, start, few_pages(), commit)},
       {1, allocation(Call::alloc, start, nearly_a_chunk(), commit)},
       {2, call(Call::free, start, few_pages(), decommit)},
       {4, call(Call::free, start, nearly_a_chunk(), decommit)},
       {2, call(Call::nt_free, start, few_pages(), release)},
       {2, gen::build(call(Call::protect, start, few_pages(), gen::just<std::uint32_t>(0)),
                      gen::set(&Operation::protect, protection()))},
       {2, allocation(Call::alloc, gen::just(Place{}), few_pages(), reserve)},
       {2, gen::build<Operation>(gen::set(&Operation::call, gen::just(Call::write)),
                                 gen::set(&Operation::place, start))}});
  auto stride = gen::weightedElement<std::uint64_t>(
      {{3, 0x200000ull}, {4, 0x400000ull}, {1, 0x201000ull}, {2, 0x2000ull}, {1, 0x10000ull}, {1, 0x1000ull}});
  return gen::build(one, gen::set(&Operation::repeat, spread<std::uint32_t>(1, 100)),
                    gen::set(&Operation::stride, stride));
}

// Placeholders: mostly whole pages, in and around what slots hold.
Gen<Place> whole_pages_place() {
  auto within = gen::map(spread<std::int64_t>(0, 47), [](std::int64_t n) { return n * 0x1000; });
  return gen::weightedOneOf<Place>({{6, place_at(Place::Origin::slot, constant(0))},
                                    {6, place_at(Place::Origin::inside, within)},
                                    {2, place_at(Place::Origin::slot, page_delta())},
                                    {1, place_in_windows()}});
}

Gen<std::uint64_t> placeholder_size() {
  auto pages = gen::map(spread<std::uint64_t>(1, 48), [](std::uint64_t n) { return n * 0x1000; });
  auto chunks = gen::map(spread<std::uint64_t>(1, 2), [](std::uint64_t n) { return n * 0x200000; });
  return gen::weightedOneOf<std::uint64_t>({{9, pages}, {2, nearly_a_chunk()}, {1, chunks}, {1, size()}});
}

Gen<Operation> placeholders() {
  auto hole = gen::weightedElement<std::uint32_t>(
      {{12, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER}, {1, MEM_RESERVE | MEM_COMMIT | MEM_RESERVE_PLACEHOLDER}});
  auto anywhere = gen::build(allocation(Call::place, gen::just(Place{}), placeholder_size(), hole),
                             gen::set(&Operation::protect, gen::just<std::uint32_t>(PAGE_NOACCESS)));
  auto there = gen::build(allocation(Call::place, place_in_windows(), placeholder_size(), hole),
                          gen::set(&Operation::protect, gen::just<std::uint32_t>(PAGE_NOACCESS)));
  auto memory = gen::weightedElement<std::uint32_t>({{4, MEM_RESERVE | MEM_REPLACE_PLACEHOLDER},
                                                     {8, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER},
                                                     {1, MEM_COMMIT | MEM_REPLACE_PLACEHOLDER}});
  auto keep = gen::just<std::uint32_t>(MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER);
  auto join = gen::just<std::uint32_t>(MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS);
  auto views = gen::weightedOneOf<Place>({{1, gen::just(Place{})}, {2, whole_pages_place()}});
  auto map = gen::build(call(Call::view, views, placeholder_size(), gen::just<std::uint32_t>(0)),
                        gen::set(&Operation::slot, usual_slot()));
  auto unmap_flags = gen::weightedElement<std::uint32_t>({{2, 0u}, {1, MEM_PRESERVE_PLACEHOLDER}});
  return gen::weightedOneOf<Operation>({{3, anywhere},
                                        {3, map},
                                        {3, call(Call::unmap, place(), gen::just<std::uint64_t>(0), unmap_flags)},
                                        {1, there},
                                        {6, allocation(Call::place, whole_pages_place(), placeholder_size(), memory)},
                                        {6, call(Call::free, whole_pages_place(), placeholder_size(), keep)},
                                        {4, call(Call::free, whole_pages_place(), placeholder_size(), join)}});
}

// A whole life on one slot, so that what needs exact sizes succeeds often: of `pages` pages the first `cut` are cut
// off, become memory, and a placeholder again, and join the others.
Gen<Operation> part_of_placeholder_life() {
  constexpr std::uint64_t kWhole = 24 * 0x1000;
  auto base = place_in(gen::just(kSlots - 1), Place::Origin::slot, constant(0));
  auto cut = gen::map(spread<std::uint64_t>(0, 2), [](std::uint64_t n) { return 0x3000 + n * 0x4000; });
  auto one = [](std::uint32_t type) { return gen::just(type); };
  auto in_slot = [](Gen<Operation> operation) {
    return gen::build(std::move(operation), gen::set(&Operation::slot, gen::just(kSlots - 1)));
  };
  auto make = gen::build(
      allocation(Call::place, gen::just(Place{}), gen::just(kWhole), one(MEM_RESERVE | MEM_RESERVE_PLACEHOLDER)),
      gen::set(&Operation::protect, gen::just<std::uint32_t>(PAGE_NOACCESS)));
  auto fill = gen::build(allocation(Call::place, base, cut, one(MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER)),
                         gen::set(&Operation::protect, gen::just<std::uint32_t>(PAGE_READWRITE)));
  auto whole_or_cut = gen::weightedOneOf<std::uint64_t>({{2, gen::just(kWhole)}, {1, cut}});
  return gen::weightedOneOf<Operation>(
      {{1, in_slot(make)},
       {4, call(Call::free, base, cut, one(MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER))},
       {3, fill},
       {3, in_slot(call(Call::view, base, cut, one(0)))},
       {2, call(Call::unmap, base, cut, gen::weightedElement<std::uint32_t>({{5, MEM_PRESERVE_PLACEHOLDER}, {1, 0u}}))},
       {2, call(Call::free, base, whole_or_cut, one(MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS))}});
}

// Around the first contested chunk of the outer window, and anywhere in the arena.
Gen<Operation> churn() {
  auto granule = gen::map(spread<std::int64_t>(0, 3), [](std::int64_t n) { return 0x400000 + n * 0x10000; });
  auto where = gen::weightedOneOf<Place>(
      {{3, place_at(Place::Origin::outside, granule)}, {1, place_at(Place::Origin::arena, border_in_window())}});
  auto pages = gen::map(spread<std::uint64_t>(1, 40), [](std::uint64_t n) { return n * 0x1000; });
  auto type = gen::element<std::uint32_t>(MEM_RESERVE, MEM_RESERVE | MEM_COMMIT);
  return gen::build(allocation(Call::churn, where, pages, type),
                    gen::set(&Operation::repeat, spread<std::uint32_t>(1, 200)));
}

// Empties chunk after chunk of a large reservation, each on its own.
Gen<Operation> empty_chunks() {
  return gen::build(call(Call::free, place_in(spacious_slot(), Place::Origin::border, constant(0)), nearly_a_chunk(),
                         gen::just<std::uint32_t>(MEM_DECOMMIT)),
                    gen::set(&Operation::repeat, spread<std::uint32_t>(100, 510)),
                    gen::set(&Operation::stride, gen::just<std::uint64_t>(0x200000)));
}

} // namespace

ShrinkableOperation any_operation(const rc::Random& random) {
  static const Gen<Operation> kAny = gen::weightedOneOf<Operation>({{12, alloc_anywhere()},
                                                                    {16, reserve_at()},
                                                                    {26, commit_or_reset()},
                                                                    {5, alloc_within_bounds()},
                                                                    {24, free_some()},
                                                                    {16, protect_some()},
                                                                    {6, look(Call::query)},
                                                                    {14, look(Call::write)},
                                                                    {4, look(Call::probe)},
                                                                    {1, alloc_spacious()},
                                                                    {5, repeated()},
                                                                    {1, empty_chunks()},
                                                                    {1, churn()},
                                                                    {9, placeholders()},
                                                                    {7, part_of_placeholder_life()},
                                                                    {1, gen::just(Operation{})}});
  constexpr int kSize = 100; // RapidCheck's usual largest size; the generators here do not depend on it
  return kAny(random, kSize);
}

} // namespace model
