#include "cli/long_work.hpp"

#include <algorithm>
#include <ostream>

namespace ohm::cli {

// Not in the unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace answers {
struct ImportItem {
    std::int64_t row = 0;
    FIELDS(row)
};
struct Import {
    wire::Optional<bool> dry_run;
    wire::Optional<std::int64_t> total, created, updated, exists, refused;
    wire::List<wire::Any> items;
    FIELDS(dry_run, total, created, updated, exists, refused, items)
};
struct Progress {
    wire::Optional<std::int64_t> total, waiting, refused, cancelled, open, accepted, other, failed;
    FIELDS(total, waiting, refused, cancelled, open, accepted, other, failed)
};
struct Batch {
    wire::Optional<wire::Text<>> id, state;
    wire::Optional<Progress> progress;
    FIELDS(id, state, progress)
};
}  // namespace answers

namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient, true, true};
constexpr std::int64_t bar_cells = 30;

std::string span_of(std::int64_t seconds) {
    if (seconds < 90) return std::to_string(seconds) + " s";
    return std::to_string((seconds + 30) / 60) + " min";
}

}  // namespace

void Bar::draw(std::int64_t done, std::int64_t total, std::string_view more, Mono now) {
    if (!on_ || total <= 0) return;
    done = std::clamp<std::int64_t>(done, 0, total);
    const std::int64_t cells = bar_cells * done / total;
    std::string line = "\r\x1b[K[";
    line.append(static_cast<std::size_t>(cells), '#');
    line.append(static_cast<std::size_t>(bar_cells - cells), '.');
    line += "] " + std::to_string(done) + "/" + std::to_string(total);
    const std::int64_t passed = std::chrono::duration_cast<seconds>(now - start_).count();
    if (passed > 0) line += ", " + std::to_string(done / passed) + "/s";
    if (passed > 0 && done > 0 && done < total)
        line += ", " + span_of(passed * (total - done) / done) + " left";
    if (!more.empty()) (line += ", ") += more;
    err_ << line << std::flush;
    drawn_ = true;
}

void Bar::end() {
    if (std::exchange(drawn_, false)) err_ << "\r\x1b[K" << std::flush;
}

std::vector<std::string> portions_of_csv(std::string_view csv, std::size_t rows) {
    std::vector<std::string_view> records;
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < csv.size(); ++i) {
        if (csv[i] == '"') quoted = !quoted;
        if (csv[i] != '\n' || quoted) continue;
        records.push_back(csv.substr(begin, i + 1 - begin));
        begin = i + 1;
    }
    if (begin < csv.size()) records.push_back(csv.substr(begin));
    std::vector<std::string> out;
    if (records.size() <= rows + 1) {
        out.emplace_back(csv);
        return out;
    }
    for (std::size_t i = 1; i < records.size(); ++i) {
        if ((i - 1) % rows == 0) out.emplace_back(records.front());
        out.back() += records[i];
    }
    return out;
}

bool ImportReport::add(std::string_view json, wire::Decoder& decoder) {
    answers::Import import;
    if (decoder.decode(json, import, lenient) || !import.total) return false;
    if (import.dry_run) dry_run_ = *import.dry_run ? "true" : "false";
    const wire::Optional<std::int64_t>* values[] = {&import.created, &import.updated,
                                                    &import.exists, &import.refused};
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (!*values[i]) continue;
        counts_[i].is_there = true;
        counts_[i].value += **values[i];
    }
    for (const wire::Any& item : import.items) {
        answers::ImportItem place;
        (void)decoder.decode(item.json, place, lenient);
        const std::string own = "{\"row\":" + std::to_string(place.row);
        items_ += items_.empty() ? "" : ",";
        if (rows_ > 0 && item.json.starts_with(own))
            items_ +=
                "{\"row\":" + std::to_string(place.row + rows_) + item.json.substr(own.size());
        else
            items_ += item.json;
    }
    rows_ += *import.total;
    refused_ = counts_.back().value;
    return true;
}

std::string ImportReport::text() const {
    std::string out = "{\"dry_run\":" + dry_run_ + ",\"total\":" + std::to_string(rows_);
    for (const Count& count : counts_)
        if (count.is_there)
            out += ",\"" + std::string{count.name} + "\":" + std::to_string(count.value);
    return out + ",\"items\":[" + items_ + "]}";
}

BatchState read_batch(wire::Decoder& decoder, std::string_view json) {
    answers::Batch batch;
    BatchState out;
    if (decoder.decode(json, batch, lenient)) return out;
    if (batch.id) out.id = batch.id->value;
    if (batch.state) out.state = batch.state->value;
    if (!batch.progress) return out;
    const answers::Progress& progress = *batch.progress;
    const auto of = [](const wire::Optional<std::int64_t>& n) { return n ? *n : 0; };
    out.total = of(progress.total);
    out.waiting = of(progress.waiting);
    out.open = of(progress.open);
    out.accepted = of(progress.accepted);
    out.bad =
        of(progress.refused) + of(progress.cancelled) + of(progress.other) + of(progress.failed);
    return out;
}

}  // namespace ohm::cli
