// The four kinds of error have four words. A Refusal is an ordinary value (the domain says no); a
// Violation (wire/) is bad input; a Fault is thrown by store, bus and net when the outside fails;
// ENSURE marks what cannot be. Any thread.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace ohm {

// The domain's "no": `code` is the stable word of docs/ERRORS.md, `detail` a sentence for a human.
struct Refusal {
    std::string_view code;
    std::string detail;
};
template <class T>
using Result = tl::expected<T, Refusal>;

// The outside failed. `away`: retry the whole work later. `bad_data`: this work can never succeed.
// `fenced`: somebody else owns the partition now. `fatal`: the process must end with this sentence.
class Fault : public std::runtime_error {
public:
    enum class Kind : std::uint8_t { away, bad_data, fenced, fatal };
    Fault(Kind kind, const std::string& what) : std::runtime_error{what}, kind_{kind} {}
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

// Thrown by ENSURE: inside a handler it costs the message, at a loop's top it ends the process.
class Bug : public std::logic_error {
    using std::logic_error::logic_error;
};
[[noreturn]] void bug(const char* condition, const char* file, int line);

}  // namespace ohm

#define ENSURE(condition) \
    ((condition) ? static_cast<void>(0) : ::ohm::bug(#condition, __FILE__, __LINE__))
