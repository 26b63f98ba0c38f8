// How many rows a second commit() writes, by rows a unit: the OCPP-like mix of one new fact and one
// changed row of a station. Single-row units run in the same run, so the gain can be read off.
//
//   store_batch sqlite FILE [seconds]
//   OHM_TEST_PG_PORT=… store_batch postgres [seconds]      (tests/lab/postgres.sh starts a server)
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>

#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::store {
namespace {

constexpr std::int64_t stations = 10'000;

const Write add_event{"bench_event",
                      Mode::insert_if_absent,
                      2,
                      {{"station_no", Kind::integer},
                       {"seq", Kind::integer},
                       {"at", Kind::integer},
                       {"kind", Kind::text},
                       {"body", Kind::bytes}},
                      1};
const Write put_state{"bench_state",
                      Mode::upsert,
                      1,
                      {{"station_no", Kind::integer},
                       {"epoch", Kind::integer},
                       {"status", Kind::text},
                       {"seen_at", Kind::integer}},
                      2};

// The rows of a unit are half facts, half states of stations.
class Workload {
public:
    explicit Workload(Sql& sql) : sql_{sql} {
        const bool postgres = sql.dialect() == Dialect::postgres;
        const std::string hot = postgres ? " with (fillfactor = 70)" : " without rowid";
        sql.script(
            "drop table if exists bench_event; drop table if exists bench_state; "
            "create table bench_event (station_no bigint not null, seq bigint not null, "
            "at bigint not null, kind text not null, body " +
            std::string{postgres ? "bytea" : "blob"} +
            ", primary key (station_no, seq)); create table bench_state (station_no bigint "
            "primary key, epoch bigint not null, status text, seen_at bigint)" +
            hot);
        Unit all;
        for (std::int64_t station = 0; station < stations; ++station) add_state(all, station);
        sql.commit(all, {});
        if (postgres) sql.query("analyze bench_state");
    }

    void commit(std::int64_t rows) {
        Unit unit;
        for (std::int64_t row = 0; row < rows; ++row) {
            next_ = (next_ + 7'919) % stations;  // no order that an index would like
            if (++turn_ % 2 == 0) {
                add_state(unit, next_);
            } else {
                unit.add(add_event, {next_, ++seq_, seq_, std::string{"StatusNotification"},
                                     Bytes{std::string(240, 'b')}});
            }
        }
        sql_.commit(unit, {});
    }

private:
    void add_state(Unit& unit, std::int64_t station) {
        unit.add(put_state, {station, seq_, std::string{"Charging"}, seq_});
    }

    Sql& sql_;
    std::int64_t next_ = 0;
    std::int64_t seq_ = 0;
    std::int64_t turn_ = 0;
};

double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

void measure(Workload& workload, std::int64_t rows_per_unit, int seconds_long) {
    const SystemClock clock;
    std::vector<std::int64_t> latencies;
    const Mono start = clock.mono();
    const double cpu_before = cpu_us();
    Mono now = start;
    while (now - start < seconds{seconds_long}) {
        workload.commit(rows_per_unit);
        const Mono after = clock.mono();
        latencies.push_back((after - now).count());
        now = after;
    }
    const double elapsed_s = static_cast<double>((now - start).count()) / 1e6;
    const auto commits = static_cast<double>(latencies.size());
    const double rows = commits * static_cast<double>(rows_per_unit);
    std::sort(latencies.begin(), latencies.end());
    std::printf(
        "%8lld rows/unit %10.0f rows/s %8.0f commits/s  p50 %6lld us  p99 %6lld us  "
        "client cpu %5.1f us/row\n",
        static_cast<long long>(rows_per_unit), rows / elapsed_s, commits / elapsed_s,
        static_cast<long long>(latencies[latencies.size() / 2]),
        static_cast<long long>(latencies[latencies.size() * 99 / 100]),
        (cpu_us() - cpu_before) / rows);
}

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}

std::unique_ptr<Sql> open(const std::string& driver, const char* path) {
    if (driver == "sqlite") return open_sqlite({.path = path});
    return open_postgres(
        {.host = environment("OHM_TEST_PG_HOST", "127.0.0.1"),
         .user = environment("OHM_TEST_PG_USER", "ohm"),
         .password = environment("OHM_TEST_PG_PASSWORD", "ohm"),
         .database = environment("OHM_TEST_PG_NAME", "ohm"),
         .port = static_cast<std::uint16_t>(std::stoi(environment("OHM_TEST_PG_PORT", "5432")))});
}

int run(int argc, char** argv) {
    const std::string driver = argc > 1 ? argv[1] : "";
    const int first = driver == "sqlite" ? 3 : 2;
    if ((driver != "sqlite" && driver != "postgres") || argc < first) {
        std::fprintf(stderr, "usage: store_batch sqlite FILE [seconds] | postgres [seconds]\n");
        return 2;
    }
    const int seconds_long = argc > first ? std::max(1, std::atoi(argv[first])) : 5;
    const auto sql = open(driver, argv[2]);
    Workload workload{*sql};
    std::printf("%s, half inserts, half upserts over %lld stations\n", driver.c_str(),
                static_cast<long long>(stations));
    for (const std::int64_t rows : {1, 10, 100, 1'000}) measure(workload, rows, seconds_long);
    sql->script("drop table bench_event; drop table bench_state");
    return 0;
}

}  // namespace
}  // namespace ohm::store

int main(int argc, char** argv) {
    try {
        return ohm::store::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
