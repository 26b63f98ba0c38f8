// What a thread says of itself to the system, from within.
#pragma once

namespace ohm {

// What it is called where threads are shown (`top -H`, `perf`): 15 bytes at most, the rest is cut.
void name_thread(const char* name);

// It runs behind the others while processors are short: nobody waits for what it does. Not for one
// that holds a lock which others wait for, as a writer of SQLite does. Again: no change.
void stand_back();

}  // namespace ohm
