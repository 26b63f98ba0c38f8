#include "store/postgres_connection.hpp"

#include <array>
#include <poll.h>
#include <utility>

#include "base/limits.hpp"
#include "base/log.hpp"

namespace ohm::store::postgres {
namespace {

constexpr auto never = Mono::max();

Fault::Kind fault_kind(std::string_view sqlstate) {
    if (sqlstate == "OH001") return Fault::Kind::fenced;
    const std::string_view type = sqlstate.substr(0, 2);
    if (type == "22" || type == "23") return Fault::Kind::bad_data;
    return Fault::Kind::away;  // also the unknown: better to wait than to lose a fact
}

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

// The primary message and the constraint's name; never the detail, which quotes the row.
Fault fault_of(const PGresult* result) {
    const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
    std::string what = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (what.empty()) what = PQresultErrorMessage(result);
    return Fault{fault_kind(sqlstate), "postgres " + sqlstate + ": " + what};
}

void log_notice(void*, const PGresult* result) {
    log::debug("postgres_notice", {{"text", field(result, PG_DIAG_MESSAGE_PRIMARY)}});
}

bool is_error(ExecStatusType status) {
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

std::string in_ms(milliseconds time) { return std::to_string(time.count()); }

// Plans are kept. One that was made while a table was nearly empty reads all of it, with hundreds
// of thousands of stations as well, for each batch, until the next analyze: so for those who work
// by keys what reads whole tables is out of the question.
constexpr const char* plans_by_key =
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off";

std::string session_options(const PostgresOptions& options) {
    return "-c statement_timeout=" + in_ms(limits::statement_timeout) +
           " -c idle_in_transaction_session_timeout=" + in_ms(limits::idle_in_transaction_timeout) +
           " -c default_transaction_isolation=read\\ committed -c bytea_output=hex -c jit=off" +
           (options.durable ? "" : " -c synchronous_commit=off") +
           (options.by_key ? plans_by_key : "");
}

// libpq takes parallel arrays.
struct Wire {
    std::vector<const char*> data;
    std::vector<int> lengths;
    std::vector<int> formats;

    explicit Wire(const std::vector<Parameter>& parameters) {
        for (const Parameter& parameter : parameters) {
            data.push_back(parameter.null ? nullptr : parameter.data.data());
            lengths.push_back(static_cast<int>(parameter.data.size()));
            formats.push_back(1);
        }
    }
};

}  // namespace

std::vector<Row> rows_of(const PGresult* result) {
    std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result)));
    const int columns = PQnfields(result);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const int row = static_cast<int>(i);
        for (int column = 0; column < columns; ++column) {
            if (PQgetisnull(result, row, column)) {
                rows[i].emplace_back();
                continue;
            }
            const auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
            rows[i].push_back(
                value_of(PQftype(result, column), {PQgetvalue(result, row, column), size}));
        }
    }
    return rows;
}

void Connection::open() {
    const std::string port = std::to_string(options_.port);
    const std::string connect_s = std::to_string(limits::database_connect_timeout.count());
    const std::string tcp_ms = in_ms(limits::database_tcp_timeout);
    const std::string session = session_options(options_);
    const std::array keys{"host",
                          "port",
                          "user",
                          "password",
                          "dbname",
                          "options",
                          "application_name",
                          "connect_timeout",
                          "tcp_user_timeout",
                          "client_encoding",
                          "gssencmode",
                          static_cast<const char*>(nullptr)};
    const std::array values{options_.host.c_str(),
                            port.c_str(),
                            options_.user.c_str(),
                            options_.password.c_str(),
                            options_.database.c_str(),
                            session.c_str(),
                            options_.name.c_str(),
                            connect_s.c_str(),
                            tcp_ms.c_str(),
                            "UTF8",
                            "disable",
                            static_cast<const char*>(nullptr)};
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), 0));
    names_.clear();
    queued_ = 0;
    error_.reset();
    if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK) {
        drop(connection_ ? PQerrorMessage(connection_.get()) : "no memory");
    }
    const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
    if (!encoding || std::string_view{encoding} != "UTF8") {
        throw Fault{Fault::Kind::fatal, "The database " + options_.database +
                                            " is not in UTF8: create it with encoding 'UTF8'."};
    }
    PQsetNoticeReceiver(connection_.get(), log_notice, nullptr);
    if (PQsetnonblocking(connection_.get(), 1) != 0) drop("cannot leave blocking mode");
    enter_pipeline();
}

void Connection::reopen() {
    connection_.reset();
    open();
}

void Connection::require_open() const {
    if (!connection_) throw Fault{Fault::Kind::away, "postgres: not connected"};
}

// After anything whose state is unknown: the server rolls back what was not committed.
void Connection::drop(const std::string& why) {
    const std::string what = "postgres: " + why;
    connection_.reset();
    throw Fault{Fault::Kind::away, what};
}

void Connection::sent(int accepted) {
    if (accepted != 1) drop(PQerrorMessage(connection_.get()));
}

std::string Connection::prepare(const std::string& sql, const std::vector<Parameter>& parameters) {
    require_open();
    ENSURE(queued_ == 0);
    std::string key = sql;
    std::vector<Oid> types;
    for (const Parameter& parameter : parameters) {
        types.push_back(parameter.type);
        key += '\0' + std::to_string(parameter.type);
    }
    if (const auto known = names_.find(key); known != names_.end()) return known->second;
    if (names_.size() >= limits::prepared_statements) {
        names_.clear();
        queue_text("deallocate all");
        run();
    }
    std::string name = "s" + std::to_string(++next_name_);
    sent(PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), static_cast<int>(types.size()),
                       types.data()));
    ++queued_;
    run();
    names_.emplace(std::move(key), name);
    return name;
}

void Connection::queue(const std::string& name, const std::vector<Parameter>& parameters) {
    require_open();
    const Wire wire{parameters};
    sent(PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(wire.data.size()),
                             wire.data.data(), wire.lengths.data(), wire.formats.data(), 0));
    ++queued_;
}

void Connection::queue_text(const char* sql) {
    require_open();
    sent(PQsendQueryParams(connection_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0));
    ++queued_;
}

std::vector<ResultPointer> Connection::run() {
    require_open();
    const Mono deadline = clock_.mono() + limits::database_answer_timeout;
    sent(PQpipelineSync(connection_.get()));
    std::vector<ResultPointer> results(std::exchange(queued_, 0));
    std::size_t statement = 0;
    while (true) {
        ResultPointer result = next_result(deadline);
        if (!result) {
            // The end of one statement's results.
            if (++statement > results.size()) drop("more answers than questions");
            continue;
        }
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_SYNC) break;
        if (is_error(status)) note_error(result.get());
        if (statement < results.size()) results[statement] = std::move(result);
    }
    settle();
    return results;
}

void Connection::rest(Micros span) const {
    (void)poll(nullptr, 0, static_cast<int>(std::chrono::ceil<milliseconds>(span).count()));
}

// Sends what is unsent while it waits, so neither side can block the other.
void Connection::wait_readable(Mono deadline) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) {
        // The server may have said why before it closed the connection.
        if (PQconsumeInput(connection_.get()) == 1 && !PQisBusy(connection_.get())) return;
        drop(PQerrorMessage(connection_.get()));
    }
    int timeout_ms = -1;
    if (deadline != never) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.mono());
        if (left.count() <= 0) drop("no answer in time");
        timeout_ms = static_cast<int>(left.count());
    }
    const auto events = static_cast<short>(unsent == 1 ? POLLIN | POLLOUT : POLLIN);
    pollfd socket{PQsocket(connection_.get()), events, 0};
    const int ready = poll(&socket, 1, timeout_ms);
    if (ready == 0) drop("no answer in time");
    const bool readable = (socket.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    if (ready < 0 || !readable) return;
    if (PQconsumeInput(connection_.get()) == 0 && PQisBusy(connection_.get())) {
        drop(PQerrorMessage(connection_.get()));
    }
}

ResultPointer Connection::next_result(Mono deadline) {
    while (PQisBusy(connection_.get())) wait_readable(deadline);
    ResultPointer result{PQgetResult(connection_.get())};
    const bool lost = PQstatus(connection_.get()) != CONNECTION_OK;
    if (!lost) return result;
    if (result && is_error(PQresultStatus(result.get()))) note_error(result.get());
    const std::string why =
        error_ ? std::string{error_->what()} : PQerrorMessage(connection_.get());
    error_.reset();
    queued_ = 0;
    drop("connection lost: " + why);
}

void Connection::note_error(const PGresult* result) {
    if (!error_) error_ = std::make_unique<Fault>(fault_of(result));
}

// After a run: throw the first error, with no transaction left open.
void Connection::settle() {
    if (!error_) return;
    const Fault first = *std::exchange(error_, nullptr);
    if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) roll_back();
    throw first;
}

void Connection::roll_back() {
    const bool pipelined = PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF;
    if (!pipelined) enter_pipeline();
    try {
        queue_text("rollback");
        run();
    } catch (const Fault&) {
        connection_.reset();  // the server rolls back by itself
    }
}

void Connection::enter_pipeline() {
    if (PQenterPipelineMode(connection_.get()) != 1) drop(PQerrorMessage(connection_.get()));
}

void Connection::leave_pipeline() {
    require_open();
    ENSURE(queued_ == 0);
    if (PQexitPipelineMode(connection_.get()) != 1) drop(PQerrorMessage(connection_.get()));
}

void Connection::script(const std::string& sql) {
    leave_pipeline();
    const std::string text = "begin;\n" + sql + ";\ncommit";
    sent(PQsendQuery(connection_.get(), text.c_str()));
    read_until_idle(never);
}

// Outside a pipeline: reads all answers of the one message sent, then goes back to pipelines.
void Connection::read_until_idle(Mono deadline) {
    while (const ResultPointer result = next_result(deadline)) {
        if (is_error(PQresultStatus(result.get()))) note_error(result.get());
    }
    enter_pipeline();
    settle();
}

void Connection::copy(const std::string& sql, std::string_view data) {
    leave_pipeline();
    const Mono deadline = clock_.mono() + limits::database_answer_timeout;
    sent(PQsendQuery(connection_.get(), sql.c_str()));
    const ResultPointer begun = next_result(deadline);
    if (!begun || PQresultStatus(begun.get()) != PGRES_COPY_IN) {
        if (begun && is_error(PQresultStatus(begun.get()))) note_error(begun.get());
        read_until_idle(deadline);
        throw Fault{Fault::Kind::away, "postgres: no copy begun"};
    }
    const bool all_sent = send_copy_data(data, deadline);
    read_until_idle(deadline);
    if (!all_sent) throw Fault{Fault::Kind::away, "postgres: copy ended early"};
}

// False where the server has ended the copy meanwhile; its answer says why.
bool Connection::send_copy_data(std::string_view data, Mono deadline) {
    constexpr std::size_t piece_bytes = 64 * 1024;
    while (!data.empty()) {
        const std::string_view piece = data.substr(0, piece_bytes);
        const int taken =
            PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size()));
        if (taken < 0) return false;
        if (taken == 1) data.remove_prefix(piece.size());
        if (taken == 0) wait_readable(deadline);
    }
    int ended = 0;
    while ((ended = PQputCopyEnd(connection_.get(), nullptr)) == 0) wait_readable(deadline);
    return ended > 0;
}

}  // namespace ohm::store::postgres
