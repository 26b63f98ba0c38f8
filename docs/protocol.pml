/* Who holds a station, and who may speak to it: the protocol of connecting, taking over and routing
 * commands, as a model that Spin searches exhaustively (tests/model/check.sh).
 *
 * One station, two workers, one api that alone writes the rows. Everything between workers and api
 * is delivered at least once: a message may be seen again at any later time, after others. A socket
 * may be open at the worker while the station has long left it. A worker may die with its memory.
 *
 * Budgets bound the search: CONNECTS by the station, REDELIVERIES of any message, CRASHES of
 * workers, COMMANDS of the operator.
 *
 * The protocol rests on six guards. -DWITHOUT_n removes the n-th, and each removal must be refuted:
 *   1  `closed` clears the holder only if that very connection is the holder     (api/connections)
 *   2  a command runs only on the connection and epoch it was made for           (worker/station_loop)
 *   3  a fact has a key: the same fact again changes nothing                     (store)
 *   4  a worker remembers which commands ran on a connection                     (worker/connection)
 *   5  a repeated `connect` gets the first decision again                        (api/connections)
 *   6  a worker's start clears only what its earlier starts held                 (api/connections)
 */
#ifndef CONNECTS
#define CONNECTS 2
#endif
#ifndef REDELIVERIES
#define REDELIVERIES 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef COMMANDS
#define COMMANDS 1
#endif
#define WORKERS 2
#define ATTEMPTS 2 /* of the station to deliver its fact */
#define ROOM 12    /* in every queue */

mtype = { connect, closed, fact, worker_up, accept, kick, command, reply };

chan uplink = [ROOM] of { mtype, byte /* worker */, byte /* connection */, byte };
chan downlink[WORKERS] = [ROOM] of { mtype, byte /* connection */, byte /* epoch */, byte };

/* ---- the sockets, as they really are; connection 0 is none ---- */
byte made = 0;                        /* connections so far; they are numbered from 1 */
byte current = 0;                     /* the one that the station believes in */
bool station_open[CONNECTS + 1];
bool worker_open[CONNECTS + 1];       /* may outlive the station's side */
byte held_by[CONNECTS + 1];           /* the worker ... */
byte held_since[CONNECTS + 1];        /* ... in which of its lives */
byte installed[CONNECTS + 1];         /* the epoch that the worker was told; 0: not accepted yet */
byte life[WORKERS];
bool has_run[WORKERS * 4];            /* commands that a worker remembers */

/* ---- the rows ---- */
byte epochs = 0;                      /* handed out */
bool online = false;
byte holder = 0, holder_worker = 0, holder_life = 0, holder_epoch = 0;
bool decided[CONNECTS + 1], over[CONNECTS + 1];
byte decision[CONNECTS + 1];          /* the epoch it was given */
bool fact_stored = false;
byte fact_effects = 0;
byte made_for[COMMANDS + 1];          /* the epoch a command is meant for; 0: not given yet */

/* ---- what the station saw ---- */
bool fact_answered = false;
byte attempts = 0;
byte received[COMMANDS + 1];

/* ---- what was spent ---- */
byte seen_again = 0, crashed = 0;

inline station_leaves(c) {
  station_open[c] = false;
  if
  :: current == c -> current = 0
  :: else
  fi
}

inline maybe_again(queue, kind, a, b, d) {
  if
  :: seen_again < REDELIVERIES -> seen_again++; queue!kind, a, b, d
  :: skip
  fi
}

inline clear_holder() {
  online = false; holder = 0; holder_epoch = 0
}

active proctype Station() {
  byte w;
end:
  do
  :: atomic { /* connects, to whichever worker */
       current == 0 && made < CONNECTS && nfull(uplink) ->
       select (w : 0 .. WORKERS - 1);
       made++; current = made;
       station_open[current] = true; worker_open[current] = true;
       held_by[current] = w; held_since[current] = life[w];
       uplink!connect, w, current, life[w];
       w = 0 }
  :: atomic { /* vanishes without a word */
       current != 0 && made < CONNECTS -> station_leaves(current) }
  :: atomic { /* says what must not be lost, until it is answered or the attempts are spent */
       current != 0 && installed[current] != 0 && worker_open[current] &&
       !fact_answered && attempts < ATTEMPTS && nfull(uplink) ->
       attempts++; uplink!fact, held_by[current], current, 1 }
  od
}

inline take_accept(me, c, e) {
  if
  :: worker_open[c] && held_since[c] == life[me] -> installed[c] = e
  :: else -> uplink!closed, me, c, 0 /* gone before it was accepted: the rows must hear it */
  fi
}

inline take_kick(me, c) {
  if
  :: worker_open[c] -> worker_open[c] = false; station_leaves(c); uplink!closed, me, c, 0
  :: else
  fi
}

inline deliver(me, c, which) {
  received[which]++;
  has_run[me * 4 + which] = true;
  assert(installed[c] == made_for[which]); /* never on another connection than meant */
  assert(received[which] <= 1)             /* never twice */
}

#ifdef WITHOUT_4
#define IS_FRESH(me, which) true
#else
#define IS_FRESH(me, which) (!has_run[me * 4 + which])
#endif

/* Found out by pings, in the end. */
#define IS_DEAD(me, c) (worker_open[c] && held_by[c] == me && !station_open[c])

proctype Worker(byte me) {
  byte c, e, which, i;
  mtype kind;
end:
  do
  :: atomic {
       nempty(downlink[me]) && nfull(uplink) && nfull(downlink[me]) ->
       downlink[me]?kind, c, e, which;
       maybe_again(downlink[me], kind, c, e, which);
       if
       :: kind == accept -> take_accept(me, c, e)
       :: kind == kick -> take_kick(me, c)
       :: kind == reply ->
            if
            :: worker_open[c] && station_open[c] -> assert(fact_stored); fact_answered = true
            :: else
            fi
       :: kind == command ->
#ifdef WITHOUT_2
            c = 1; /* any accepted connection that is open here */
            do
            :: c <= CONNECTS && !(worker_open[c] && held_by[c] == me && installed[c] != 0) -> c++
            :: else -> break
            od;
            if
            :: c <= CONNECTS && station_open[c] && IS_FRESH(me, which) -> deliver(me, c, which)
            :: else
            fi
#else
            if
            :: worker_open[c] && held_by[c] == me && installed[c] == e && station_open[c] &&
               IS_FRESH(me, which) -> deliver(me, c, which)
            :: else
            fi
#endif
       fi;
       kind = 0; c = 0; e = 0; which = 0 }
  :: atomic { nfull(uplink) && IS_DEAD(me, 1) -> worker_open[1] = false; uplink!closed, me, 1, 0 }
  :: atomic { nfull(uplink) && IS_DEAD(me, 2) -> worker_open[2] = false; uplink!closed, me, 2, 0 }
#if CONNECTS > 2
  :: atomic { nfull(uplink) && IS_DEAD(me, 3) -> worker_open[3] = false; uplink!closed, me, 3, 0 }
#endif
  :: atomic { /* dies and starts again: its sockets and its memory are gone */
       crashed < CRASHES && nfull(uplink) ->
       crashed++; life[me]++;
       i = 1;
       do
       :: i <= CONNECTS ->
            if
            :: worker_open[i] && held_by[i] == me -> worker_open[i] = false; station_leaves(i)
            :: else
            fi;
            i++
       :: else -> break
       od;
       i = 1;
       do
       :: i <= COMMANDS -> has_run[me * 4 + i] = false; i++
       :: else -> break
       od;
       i = 0;
       uplink!worker_up, me, 0, life[me] }
  od
}

inline decide(w, c, of_life) {
  decided[c] = true;
  epochs++;
  decision[c] = epochs;
  old = holder; old_worker = holder_worker;
  holder = c; holder_worker = w; holder_life = of_life; holder_epoch = epochs; online = true;
  downlink[w]!accept, c, epochs, 0;
  if
  :: old != 0 && old != c ->
       assert(old < c); /* the newest wins, whatever is seen again */
       downlink[old_worker]!kick, old, 0, 0
  :: else
  fi;
  old = 0; old_worker = 0
}

active proctype Api() {
  byte w, c, value, old, old_worker;
  mtype kind;
end:
  do
  :: atomic { /* takes only what it has room to answer: a consumer never waits for room */
       nempty(uplink) && nfull(uplink) && len(downlink[0]) <= ROOM - 2 &&
       len(downlink[1]) <= ROOM - 2 ->
       uplink?kind, w, c, value;
       maybe_again(uplink, kind, w, c, value); /* committed, and died before acknowledging */
       if
       :: kind == connect ->
            if
#ifndef WITHOUT_5
            :: decided[c] ->
                 if
                 :: !over[c] -> downlink[w]!accept, c, decision[c], 0
                 :: else
                 fi
#endif
            :: else -> decide(w, c, value)
            fi
       :: kind == closed ->
            over[c] = true;
#ifdef WITHOUT_1
            clear_holder()
#else
            if
            :: holder == c -> clear_holder()
            :: else
            fi
#endif
       :: kind == fact ->
#ifdef WITHOUT_3
            fact_effects++; fact_stored = true;
#else
            if
            :: !fact_stored -> fact_stored = true; fact_effects++
            :: else
            fi;
#endif
            assert(fact_effects <= 1);
            downlink[w]!reply, c, 0, value
       :: kind == worker_up ->
            if
#ifdef WITHOUT_6
            :: holder != 0 && holder_worker == w ->
#else
            :: holder != 0 && holder_worker == w && holder_life < value ->
#endif
                 over[holder] = true; clear_holder()
            :: else
            fi
       fi;
       kind = 0; w = 0; c = 0; value = 0 }
  :: atomic { online && made_for[1] == 0 && nfull(downlink[holder_worker]) ->
       made_for[1] = holder_epoch; downlink[holder_worker]!command, holder, holder_epoch, 1 }
#if COMMANDS > 1
  :: atomic { online && made_for[2] == 0 && nfull(downlink[holder_worker]) ->
       made_for[2] = holder_epoch; downlink[holder_worker]!command, holder, holder_epoch, 2 }
#endif
  od
}

/* When nothing can move any more, the rows say what is true. */
active proctype Monitor() {
end:
  atomic {
    timeout ->
    assert(empty(uplink) && empty(downlink[0]) && empty(downlink[1]));
    assert(current == 0 || (online && holder == current && worker_open[current]));
    assert(current != 0 || !online);
    assert(!fact_answered || fact_stored) }
}

init { atomic { run Worker(0); run Worker(1) } }
