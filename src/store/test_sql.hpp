// A connection that hands everything on to another one: what is to go wrong overrides it. Tests
// only.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "store/sql.hpp"

namespace ohm::store {

class PassesOn : public Sql {
public:
    explicit PassesOn(Sql& truth) : truth_{truth} {}
    explicit PassesOn(std::unique_ptr<Sql> truth) : owned_{std::move(truth)}, truth_{*owned_} {}
    Dialect dialect() const override { return truth_.dialect(); }
    using Sql::query;
    std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override {
        return truth_.query(sql, parameters);
    }
    void script(std::string_view sql) override { truth_.script(sql); }
    void commit(Unit& unit, const Fence& fence) override { truth_.commit(unit, fence); }
    void reconnect() override { truth_.reconnect(); }

private:
    const std::unique_ptr<Sql> owned_;
    Sql& truth_;
};

}  // namespace ohm::store
