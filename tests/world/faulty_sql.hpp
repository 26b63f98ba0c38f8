// The store of the api under test: the truth, and between them what a real database does at the
// worst moment. The truth itself outlives every crash of the api. One thread.
#pragma once

#include <cstdint>

#include "base/error.hpp"
#include "schedule.hpp"
#include "store/sql.hpp"

namespace ohm::world {

// The process dies here: deliberately no std::exception, so that nobody handles it.
struct Crash {};

enum class CommitFault : std::uint8_t {
    none,
    refused,       // away, nothing committed
    unknown,       // committed, and the answer was lost: away
    crash_before,  // the process dies with nothing committed
    crash_after,   // the process dies with everything committed and nothing released
};

class FaultySql final : public store::Sql {
public:
    FaultySql(store::Sql& truth, Schedule& schedule) : truth_{truth}, schedule_{schedule} {}

    void arm(CommitFault next) { next_ = next; }
    void be_away_until(Mono until) { away_until_ = until; }
    bool is_away() const { return schedule_.now() < away_until_; }
    void heal() { next_ = CommitFault::none, away_until_ = Mono{}; }
    std::uint64_t commits() const { return commits_; }
    std::uint64_t faults() const { return faults_; }

    store::Dialect dialect() const override { return truth_.dialect(); }
    using store::Sql::query;
    std::vector<store::Row> query(std::string_view sql,
                                  std::span<const store::Value> parameters) override {
        check();
        return truth_.query(sql, parameters);
    }
    void script(std::string_view sql) override {
        check();
        truth_.script(sql);
    }
    void reconnect() override { check(); }
    void commit(store::Unit& unit, const store::Fence& fence) override {
        check();
        const CommitFault fault = std::exchange(next_, CommitFault::none);
        if (fault != CommitFault::none) ++faults_;
        if (fault == CommitFault::crash_before) throw Crash{};
        if (fault == CommitFault::refused)
            throw Fault{Fault::Kind::away, "the database refused the commit"};
        ++commits_;
        if (fault == CommitFault::none) return truth_.commit(unit, fence);
        store::Unit copy = unit;  // what failed keeps its rows
        truth_.commit(copy, fence);
        if (fault == CommitFault::crash_after) throw Crash{};
        throw Fault{Fault::Kind::away, "the connection was lost during the commit"};
    }

private:
    void check() {
        if (!is_away()) return;
        ++faults_;
        throw Fault{Fault::Kind::away, "the database is away"};
    }

    store::Sql& truth_;
    Schedule& schedule_;
    CommitFault next_ = CommitFault::none;
    Mono away_until_{};
    std::uint64_t commits_ = 0, faults_ = 0;
};

}  // namespace ohm::world
