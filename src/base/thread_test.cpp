#include "base/thread.hpp"

#include <array>
#include <gtest/gtest.h>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace ohm {
namespace {

struct Seen {
    std::string name;
    int nice = 0;
};

template <class Act>
Seen seen_after(Act act) {
    Seen seen;
    std::thread{[&] {
        act();
        std::array<char, 16> text{};
        pthread_getname_np(pthread_self(), text.data(), text.size());
        seen = {text.data(), getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()))};
    }}.join();
    return seen;
}

TEST(Thread, HasItsNameCutToWhatTheSystemShows) {
    EXPECT_EQ(seen_after([] { name_thread("counting"); }).name, "counting");
    EXPECT_EQ(seen_after([] { name_thread("sixteen bytes it"); }).name, "sixteen bytes i");
}

TEST(Thread, StandsBackAlone) {
    const int own = getpriority(PRIO_PROCESS, 0);
    EXPECT_EQ(seen_after([] { name_thread("alerts"); }).nice, own);
    EXPECT_GE(seen_after([] { stand_back(); }).nice, 10);
    EXPECT_EQ(getpriority(PRIO_PROCESS, 0), own);
}

}  // namespace
}  // namespace ohm
