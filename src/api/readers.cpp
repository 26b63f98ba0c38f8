#include "api/readers.hpp"

#include <algorithm>
#include <thread>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/mailbox.hpp"
#include "base/thread.hpp"

namespace ohm::api {
namespace {

using Work = std::function<net::Response(ReadSources&)>;
using Done = std::function<void(net::Response&&)>;

struct Job {
    Work work;
    Done done;
};

// One connection to what is read. A thread's own, opened where it is used.
class Reader {
public:
    explicit Reader(const Readers::Open& open) : open_{open} {}

    // 503 with an empty body where the database is away, 500 where the work is broken: the asker
    // makes a problem of it.
    net::Response run(const Work& work) {
        try {
            return run_once(work);
        } catch (const Fault& fault) {
            log::warn("read_failed", {{"why", fault.what()}});
            return {.status = fault.kind() == Fault::Kind::away ? 503 : 500};
        } catch (const std::exception& error) {
            log::error("read_broken", {{"why", error.what()}});
            return {.status = 500};
        }
    }

private:
    net::Response run_once(const Work& work) {
        open_what_is_closed();
        try {
            ReadSources sources{*sql_, messages_.get()};
            return work(sources);
        } catch (const Fault& fault) {
            if (fault.kind() != Fault::Kind::away) throw;
        }
        sql_->reconnect();
        if (messages_) messages_->reconnect();
        ReadSources sources{*sql_, messages_.get()};
        return work(sources);
    }
    void open_what_is_closed() {
        if (!sql_) sql_ = open_.sql();
        if (!messages_ && open_.messages) messages_ = open_.messages();
    }

    const Readers::Open& open_;
    std::unique_ptr<store::Sql> sql_;
    std::unique_ptr<store::MessageLog> messages_;
};

struct Thread {
    Mailbox<Job> jobs{limits::reads_waiting};
    std::size_t waiting = 0;  // of the loop's thread: given and not yet answered
    std::thread thread;
};

}  // namespace

struct Readers::State {
    State(net::Loop& l, Open o) : loop{l}, open{std::move(o)}, inline_reader{open} {}

    void run(Thread& self) {
        Reader reader{open};
        std::vector<Job> jobs;
        while (!self.jobs.closed()) {
            jobs.clear();
            self.jobs.wait(jobs, 1, seconds{1});
            for (Job& job : jobs) give_back(self, std::move(job.done), reader.run(job.work));
        }
    }
    void give_back(Thread& self, Done&& done, net::Response&& response) {
        loop.post([alive = std::weak_ptr{lives}, &self, done = std::move(done),
                   response = std::move(response)]() mutable {
            if (alive.expired()) return;
            --self.waiting;
            done(std::move(response));
        });
    }

    net::Loop& loop;
    const Open open;
    Reader inline_reader;
    std::vector<std::unique_ptr<Thread>> threads;
    // The loop may run a posted answer after these readers are gone; both are of its thread.
    std::shared_ptr<bool> lives = std::make_shared<bool>(true);
};

Readers::Readers(net::Loop& loop, std::size_t threads, Open open)
    : state_{std::make_unique<State>(loop, std::move(open))} {
    for (std::size_t i = 0; i < threads; ++i) {
        Thread& thread = *state_->threads.emplace_back(std::make_unique<Thread>());
        thread.thread = std::thread{[state = state_.get(), &thread] {
            name_thread("reader");
            state->run(thread);
        }};
    }
}

Readers::~Readers() {
    for (const auto& thread : state_->threads) thread->jobs.close();
    for (const auto& thread : state_->threads) thread->thread.join();
}

void Readers::read(Work work, Done done) {
    if (state_->threads.empty()) return done(state_->inline_reader.run(work));
    Thread& thread =
        **std::min_element(state_->threads.begin(), state_->threads.end(),
                           [](const auto& a, const auto& b) { return a->waiting < b->waiting; });
    Job job{std::move(work), std::move(done)};
    if (thread.jobs.push(std::move(job))) {
        ++thread.waiting;
        return;
    }
    log::warn("reads_overloaded", {{"waiting", thread.waiting}});
    // A refused push leaves the job as it was. NOLINTNEXTLINE(bugprone-use-after-move)
    job.done({.status = 503, .headers = {{"Retry-After", "2"}}, .body = {}});
}

}  // namespace ohm::api
