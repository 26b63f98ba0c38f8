// Stations that talk all the time and remember what was answered, for tests that end processes
// under them. What got a CALLRESULT last for a connector must be what the database shows.
import assert from 'node:assert/strict';
import { sleep, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';

const connectors = [1, 2];
const pauseMs = 150;

class Talker {
  constructor(fleet, id, version, number) {
    Object.assign(this, { fleet, id, version, number });
    this.answered = {}; // by connector: the timestamp that was answered last
    this.unanswered = {}; // by connector: timestamps after that one, whose fate is unknown
    this.answers = 0;
    this.drops = 0;
    this.lastSentAt = this.lastAnswerTo = 0;
    this.online = false;
    for (const connector of connectors) this.unanswered[connector] = [];
  }

  // Connects and talks until the fleet ends. After a drop it is quiet until the fleet says go, so
  // that what was answered before can be looked at.
  async run() {
    const { fleet } = this;
    for (let attempt = this.number; !fleet.ended; ++attempt) {
      const worker = attempt % fleet.lab.workers.length;
      const station = new Station(fleet.lab, { id: this.id, version: this.version, worker });
      station.client.on('error', () => {});
      try {
        await station.connect();
        await station.bootNotification();
        this.online = true;
        await this.talk(station);
        await station.close();
      } catch {
        if (fleet.ended) return;
        if (this.online) ++this.drops;
        this.online = false;
        this.quiet = true;
        station.close().catch(() => {});
        await sleep(300 + Math.random() * 700);
      }
    }
  }

  async talk(station) {
    let gone;
    station.closed.then(({ code }) => {
      gone = new Error('closed');
      this.fleet.closeCodes[code] = (this.fleet.closeCodes[code] ?? 0) + 1;
    });
    for (let turn = 0; !this.fleet.ended; ++turn) {
      if (gone) throw gone;
      if (this.fleet.paused || this.quiet) {
        await sleep(50);
        continue;
      }
      await this.say(station, connectors[turn % connectors.length]);
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }

  async say(station, connector) {
    const states = ['Available', this.version.busy, 'Reserved', 'Faulted'];
    const sent = Math.max(Date.now(), this.lastSentAt + 1); // names this message
    this.lastSentAt = sent;
    const at = new Date(sent).toISOString();
    this.unanswered[connector].push(at);
    const state = states[sent % states.length];
    await station.call('StatusNotification', this.version.report(connector, state, 1, at));
    ++this.answers;
    this.lastAnswerTo = sent;
    this.answered[connector] = at;
    this.unanswered[connector] = [];
  }

  assertShown(shown) {
    for (const connector of connectors) {
      const wanted = this.answered[connector];
      if (!wanted) continue;
      const found = shown.evses
        .find((evse) => evse.id === connector)
        ?.connectors.find((one) => one.id === 1);
      const at = found && new Date(found.status_at).toISOString();
      assert.ok(
        [wanted, ...this.unanswered[connector]].includes(at),
        `${this.id} connector ${connector}: ${at} is shown, ${wanted} was answered`,
      );
      // Without a broker for long enough a worker lets its stations go: they come back by themselves.
      if (shown.connectivity === 'online')
        assert.equal(found.status, found.reported_status, `${this.id} connector ${connector}`);
    }
  }
}

export class Fleet {
  closeCodes = {};

  static async start(lab, count) {
    const fleet = new Fleet();
    fleet.lab = lab;
    fleet.word = freshId('FLEET');
    const stations = Array.from({ length: count }, (_, i) => ({
      id: `${fleet.word}-${i}`,
      security_profile: 0,
    }));
    await lab.rest().expect(200, 'POST', '/stations/import', { stations });
    fleet.talkers = stations.map(
      ({ id }, i) => new Talker(fleet, id, versions[i % versions.length], i >> 1),
    );
    fleet.runs = Promise.all(fleet.talkers.map((talker) => talker.run()));
    await fleet.allTalked('the fleet to talk');
    return fleet;
  }

  get drops() {
    return this.talkers.reduce((sum, talker) => sum + talker.drops, 0);
  }
  get answers() {
    return this.talkers.reduce((sum, talker) => sum + talker.answers, 0);
  }

  // Until each station has got an answer to something that it said after now.
  async allTalked(what, timeoutMs = 60_000) {
    const began = Date.now();
    await until(
      what,
      () => {
        for (const talker of this.talkers) talker.quiet = false;
        const mute = this.talkers.filter((talker) => talker.lastAnswerTo < began);
        if (mute.length === 0) return true;
        throw new Error(`${mute.length} have no answer, the first is ${mute[0].id}`);
      },
      timeoutMs,
    );
    return Date.now() - began;
  }

  // Until all are connected again, and REST says so.
  async allBack(rest, timeoutMs = 60_000) {
    const began = Date.now();
    await until(
      'all stations to be back',
      async () => {
        const away = this.talkers.filter((talker) => !talker.online);
        if (away.length > 0) throw new Error(`${away.length} are away, the first is ${away[0].id}`);
        const shown = await this.shown(rest);
        const offline = shown.filter((one) => one.connectivity !== 'online');
        if (offline.length === 0) return true;
        throw new Error(`${offline.length} are shown offline, the first is ${offline[0].id}`);
      },
      timeoutMs,
    );
    return Date.now() - began;
  }

  async shown(rest) {
    const query = `q=${this.word}-&expand=evses&limit=500`;
    const { data } = await rest.expect(200, 'GET', `/stations?${query}`);
    assert.equal(data.length, this.talkers.length);
    return data;
  }

  // With the fleet silent, what REST shows is what was answered.
  async assertAnsweredIsShown(rest) {
    this.paused = true;
    try {
      await sleep(1_000);
      const byId = new Map((await this.shown(rest)).map((one) => [one.id, one]));
      for (const talker of this.talkers) talker.assertShown(byId.get(talker.id));
    } finally {
      this.paused = false;
    }
  }

  async end() {
    this.ended = true;
    await Promise.race([this.runs, sleep(5_000)]);
  }
}
