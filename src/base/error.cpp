#include "base/error.hpp"

namespace ohm {

void bug(const char* condition, const char* file, int line) {
    throw Bug{std::string{file} + ":" + std::to_string(line) + ": " + condition};
}

}  // namespace ohm
