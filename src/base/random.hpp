// Randomness by argument: the machine's for the product, a seeded one for tests and the simulated
// world.
#pragma once

#include <cstdint>
#include <span>

namespace ohm {

class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;

    void fill(std::span<std::uint8_t> out) {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
            if (i % 8 == 0) word = next();
            out[i] = static_cast<std::uint8_t>(word);
        }
    }
    // Uniform enough for jitter and simulation: 0 <= result < bound.
    std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
    bool chance(double probability) {
        return static_cast<double>(next() >> 11) * 0x1.0p-53 < probability;
    }
};

// Cryptographically strong (libsodium). Any thread.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;
};

// SplitMix64: small, fast, the same on every machine. Never for secrets.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_{seed} {}
    std::uint64_t next() override {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

}  // namespace ohm
