#include "base/process_metrics.hpp"

#include <dirent.h>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "base/prometheus.hpp"
#include "base/text.hpp"

#ifndef OHM_REVISION
#define OHM_REVISION "unknown"
#endif

namespace ohm {
namespace {

std::string read_file(const char* path) {
    const std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The fields of /proc/self/stat from the third on: the name before them may hold anything.
std::vector<std::int64_t> stat_fields() {
    const std::string text = read_file("/proc/self/stat");
    const auto name_end = text.rfind(')');
    std::vector<std::int64_t> fields;
    if (name_end == std::string::npos) return fields;
    for (const std::string_view word : split(std::string_view{text}.substr(name_end + 2), ' '))
        fields.push_back(parse_int(trim(word)).value_or(0));
    return fields;
}

// Seconds of the clock on the wall; 0 where /proc does not say.
double booted_at() {
    const std::string text = read_file("/proc/stat");
    constexpr std::string_view word = "\nbtime ";
    const auto at = text.find(word);
    if (at == std::string::npos) return 0;
    const std::string_view rest = std::string_view{text}.substr(at + word.size());
    return static_cast<double>(parse_int(rest.substr(0, rest.find('\n'))).value_or(0));
}

std::uint64_t open_descriptors() {
    struct stat status {};
    // Newer kernels say how many there are without a look at each.
    if (::stat("/proc/self/fd", &status) == 0 && status.st_size > 0)
        return static_cast<std::uint64_t>(status.st_size);
    DIR* folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) return 0;
    std::uint64_t count = 0;
    while (::readdir(folder) != nullptr) ++count;
    ::closedir(folder);
    return count < 3 ? 0 : count - 3;  // ".", ".." and this look itself
}

void add_times(PrometheusText& out, const std::vector<std::int64_t>& fields) {
    // Counted from the third field: utime 14, stime 15, num_threads 20, starttime 22, vsize 23,
    // rss 24.
    constexpr std::size_t utime = 11, stime = 12, threads = 17, start = 19, vsize = 20, rss = 21;
    if (fields.size() <= rss) return;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    out.family("process_cpu_seconds_total", "counter", "CPU time of the process");
    out.sample(static_cast<double>(fields[utime] + fields[stime]) / ticks);
    out.family("process_start_time_seconds", "gauge", "When the process began, since 1970");
    out.sample(booted_at() + static_cast<double>(fields[start]) / ticks);
    out.family("process_threads", "gauge", "Threads of the process");
    out.sample(static_cast<std::uint64_t>(fields[threads]));
    out.family("process_virtual_memory_bytes", "gauge", "Virtual memory of the process");
    out.sample(static_cast<std::uint64_t>(fields[vsize]));
    out.family("process_resident_memory_bytes", "gauge", "Resident memory of the process");
    out.sample(static_cast<std::uint64_t>(fields[rss]) *
               static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

}  // namespace

std::string process_metrics_text(std::string_view version, std::string_view role) {
    PrometheusText out;
    out.family("ohm_build_info", "gauge", "The program that runs; always 1");
    out.sample(std::uint64_t{1}, {{"version", version},
                                  {"revision", OHM_REVISION},
                                  {"compiler", __VERSION__},
                                  {"role", role}});
    add_times(out, stat_fields());
    out.family("process_open_fds", "gauge", "Open file descriptors");
    out.sample(open_descriptors());
    rlimit most{};
    ::getrlimit(RLIMIT_NOFILE, &most);
    out.family("process_max_fds", "gauge", "File descriptors that may be open");
    out.sample(static_cast<std::uint64_t>(most.rlim_cur));
    return out.text();
}

}  // namespace ohm
