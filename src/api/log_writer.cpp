#include "api/log_writer.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/thread.hpp"

namespace ohm::api {
namespace {

constexpr std::size_t batches_waiting = 256;  // of at most limits::batch_messages each
constexpr std::size_t frames_per_write = 4'000;
constexpr seconds prune_interval{60};
constexpr milliseconds wait_at_most{500};

}  // namespace

LogWriter::LogWriter(const Options& options, const Clock& clock,
                     std::function<std::unique_ptr<store::MessageLog>()> open)
    : options_{options}, clock_{clock}, open_{std::move(open)}, mailbox_{batches_waiting} {}

LogWriter::~LogWriter() { stop(); }

void LogWriter::start() {
    written_at_ = clock_.utc();
    thread_ = std::thread{[this] {
        name_thread("message log");
        run();
    }};
}

void LogWriter::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
}

void LogWriter::write(std::vector<store::LoggedFrame>&& frames) {
    const auto count = static_cast<std::int64_t>(frames.size());
    if (!mailbox_.push(std::move(frames))) dropped_ += count;
}

void LogWriter::run() {
    std::vector<std::vector<store::LoggedFrame>> batches;
    std::vector<store::LoggedFrame> frames;
    for (;;) {
        const std::size_t taken = mailbox_.wait(batches, batches_waiting, wait_at_most);
        for (auto& batch : batches) {
            frames.insert(frames.end(), std::make_move_iterator(batch.begin()),
                          std::make_move_iterator(batch.end()));
            if (frames.size() >= frames_per_write) append(frames);
        }
        batches.clear();
        append(frames);
        prune();
        if (taken == 0 && mailbox_.closed()) return;
    }
}

// What is lost while the log is away becomes one gap, from the last write to the next.
void LogWriter::append(std::vector<store::LoggedFrame>& frames) {
    lost_ += dropped_.exchange(0);
    try {
        if (!log_) log_ = open_();
        if (!frames.empty()) log_->append(frames);
        frames.clear();
        if (lost_ > 0) log_->note_gap({written_at_, clock_.utc(), lost_});
        lost_ = 0;
        written_at_ = clock_.utc();
    } catch (const std::exception& fault) {
        log::warn("message_log_gap", {{"frames", frames.size()}, {"detail", fault.what()}});
        lost_ += static_cast<std::int64_t>(frames.size());
        log_.reset();
    }
    frames.clear();
}

void LogWriter::prune() {
    if (clock_.mono() < next_prune_ || !log_) return;
    next_prune_ = clock_.mono() + prune_interval;
    try {
        log_->prune(clock_.utc(), options_.max_age, options_.max_bytes);
    } catch (const std::exception& fault) {
        log::warn("message_log_prune_failed", {{"detail", fault.what()}});
        log_.reset();
    }
}

}  // namespace ohm::api
