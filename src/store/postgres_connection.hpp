// One connection to PostgreSQL: statements go out as a pipeline, answers come in within a deadline.
// Never blocks in a write while the server waits to be read. One thread; throws Fault.
#pragma once

#include <libpq-fe.h>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "store/postgres_values.hpp"
#include "store/sql.hpp"

namespace ohm::store::postgres {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ClearResult>;

std::vector<Row> rows_of(const PGresult* result);

class Connection {
public:
    explicit Connection(const PostgresOptions& options) : options_{options} { open(); }

    void reopen();

    // The name of the statement, prepared on first use: then this is a round trip.
    std::string prepare(const std::string& sql, const std::vector<Parameter>& parameters);

    // A pipeline: queue statements, then run() sends them and reads the answers, one a statement.
    // Where one fails the rest is not run, an open transaction is rolled back and its Fault thrown.
    void queue(const std::string& name, const std::vector<Parameter>& parameters);
    void queue_text(const char* sql);
    std::vector<ResultPointer> run();
    // Nothing, for so long.
    void rest(Micros span) const;

    // Several statements at once without parameters, as long as they take.
    void script(const std::string& sql);
    // `copy … from stdin (format binary)`, all rows in `data`.
    void copy(const std::string& sql, std::string_view data);

private:
    struct Close {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    void open();
    void require_open() const;
    void sent(int accepted);
    void wait_readable(Mono deadline);
    ResultPointer next_result(Mono deadline);
    void note_error(const PGresult* result);
    void settle();
    void roll_back();
    void leave_pipeline();
    void enter_pipeline();
    void read_until_idle(Mono deadline);
    bool send_copy_data(std::string_view data, Mono deadline);
    [[noreturn]] void drop(const std::string& why);

    const PostgresOptions options_;
    const SystemClock clock_;
    std::unique_ptr<PGconn, Close> connection_;           // null: dropped
    std::unordered_map<std::string, std::string> names_;  // statement and parameter types → name
    std::size_t next_name_ = 0;
    std::size_t queued_ = 0;
    std::unique_ptr<Fault> error_;  // the first of the run
};

}  // namespace ohm::store::postgres
