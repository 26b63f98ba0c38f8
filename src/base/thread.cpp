#include "base/thread.hpp"

#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace ohm {

void name_thread(const char* name) {
    constexpr std::size_t shown = 15;
    (void)pthread_setname_np(pthread_self(), std::string{name}.substr(0, shown).c_str());
}

// On Linux a priority is that of a thread.
void stand_back() {
    constexpr int behind = 10;
    const auto me = static_cast<id_t>(gettid());
    if (getpriority(PRIO_PROCESS, me) < behind) (void)setpriority(PRIO_PROCESS, me, behind);
}

}  // namespace ohm
