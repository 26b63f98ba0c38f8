// A shard: the one writer of its partitions' stations. Takes envelopes in batches, runs handlers on
// its memory, commits all rows of a batch in one transaction, and only then lets replies, commands
// and acknowledgements go. One thread; blocks on nothing but its store. The simulated world calls
// step() itself.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/batch.hpp"
#include "api/census.hpp"
#include "api/charging/overdue.hpp"
#include "api/shard_state.hpp"
#include "base/ids.hpp"
#include "bus/bus.hpp"
#include "store/sql.hpp"

namespace ohm::api {

namespace alerts {
struct AlertState;
}

class Shard {
public:
    struct Links {
        bus::ApiBus& bus;
        std::function<void(bus::OperatorAnswerBody&&)> answer_here;  // operators of this process
        std::function<void(std::vector<store::LoggedFrame>&&)> log_frames;  // never blocks
        std::function<void(Partition)> lost;  // the database says another api owns it
        // Asks the outside; the answer comes by enqueue(). None: nobody answers.
        std::function<void(const Ulid& call, outside::Question&&)> ask = {};
        std::function<void()> events_committed = {};  // never blocks
    };
    Shard(const ApiOptions& options, const Clock& clock, Random& random, store::Sql& sql,
          Links links);
    ~Shard();

    // Ownership: load, then consume. Throws Fault{away} when it cannot load.
    void take_over(Partition partition, std::uint64_t epoch);
    void give_up(Partition partition);  // forgets its stations and stops consuming
    void on_attached(Partition partition, std::uint64_t attachment);
    void on_detached(Partition partition);

    void enqueue(bus::Delivery&& delivery);
    void enqueue(bus::Envelope&& operator_envelope);  // asked in this process
    void enqueue(outside::Answered&& answered);       // a parked CALL goes on
    bool has_work() const { return pending_ != nullptr || !inbox_.empty(); }
    std::size_t inbox_size() const { return inbox_.size(); }

    // One batch: handle, commit, release. False when the store is away: try again after
    // `retry_after`.
    bool step();
    Micros retry_after() const { return retry_after_; }
    // Deadlines, dead workers, self-addressed beats; about four times a second.
    bool tick();
    // Since when nothing could be committed; nothing while all is well.
    std::optional<Mono> away_since() const { return away_since_; }

    const ShardFigures& figures();
    bool owns(Partition partition) const { return state_.partitions.contains(partition); }

private:
    std::unique_ptr<Batch> gather();
    void prefetch(Batch& batch);
    void load_tick_needs();
    void prefetch_unless_hopeless(Batch& batch);
    void return_items(Batch& batch);  // to the front of the inbox, in order
    void drop_deliveries(Partition partition);
    void handle(Batch& batch);
    void handle(Work& work);
    void hear_self(Work& work);
    void beat_self(Batch& batch);
    void do_tick_work(Batch& batch);
    std::vector<std::string> stations_to_tick();
    void doubt_tick(const std::vector<std::string>& touched, std::string_view why);
    void write_touched(Batch& batch);
    void write_station(Batch& batch, Station& station);
    void write_transactions(Batch& batch, Station& station);
    bool commit_pending();
    void release(Batch& batch);
    void ask_outside(Batch& batch);
    void learn_event_numbers();
    void write_events(Batch& batch);
    void release_events(const Batch& batch);
    void go_on(std::optional<Item>&& call);
    void resume_expired();
    void forget(Batch& batch);  // the touched stations' memory, after a roll-back
    void decide_again(std::string_view why);
    void put_back(std::unique_ptr<Batch> batch, std::string_view why);
    bool may_be_used_elsewhere(const Item& item);
    void put_into_quarantine(Work& work, std::string_view why);
    void note_away(std::string_view why);
    void drop_all();
    store::Fence fence() const;

    const ApiOptions& options_;
    const Clock& clock_;
    IdSource ids_;
    store::Sql& sql_;
    Links links_;
    ShardState state_;
    std::deque<Item> inbox_;
    std::unique_ptr<Batch> pending_;      // handled, not committed yet
    std::vector<std::string> forgotten_;  // keys of stations that are to be read again
    std::size_t careful_left_ = 0;  // messages that are handled in smaller batches, after bad data
    std::size_t careful_size_ = 0;
    int taken_in_a_row_ = 0;
    OverdueSearch overdue_;
    Census census_;
    std::unique_ptr<alerts::AlertState> alerts_;  // of the running batch; mostly null
    std::string quarantine_reason_;               // for the one message at the front
    Micros retry_after_{0};
    std::optional<Mono> away_since_;
    Mono next_tick_{};
    bool connection_is_suspect_ = false;
    bool event_numbers_are_known_ = true;  // not after a commit whose outcome is not
    std::string retried_key_;  // the Idempotency-Key whose operation was handled once more
    // A tick whose rows are refused: its stations are looked at one by one, and the one that it is
    // about is left alone for a while. The rest of its work goes on by turns.
    std::vector<std::string> tick_suspects_;
    std::map<std::string, Mono> left_alone_;
    std::size_t careful_ticks_ = 0;
};

}  // namespace ohm::api
