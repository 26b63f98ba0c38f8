// A client of the REST API: paths below /api/v1, and what tests ask again and again.
import assert from 'node:assert/strict';

const v1 = '/api/v1';

export class Rest {
  constructor(url, key) {
    this.url = url;
    this.key = key;
  }

  // The whole path. `body`: an object becomes JSON; text goes as it is.
  async ask(method, path, body, headers = {}) {
    const isText = typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || isText ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }
  get(path, headers) {
    return this.ask('GET', v1 + path, undefined, headers);
  }
  post(path, body, headers) {
    return this.ask('POST', v1 + path, body, headers);
  }

  async expect(status, method, path, body, headers) {
    const answer = await this.ask(method, v1 + path, body, headers);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    return answer.body;
  }

  create(id, more = { security_profile: 0 }) {
    return this.expect(201, 'POST', '/stations', { id, ...more });
  }
  station(id) {
    return this.expect(200, 'GET', `/stations/${encodeURIComponent(id)}`);
  }
  status(id) {
    return this.expect(200, 'GET', `/stations/${encodeURIComponent(id)}/status`);
  }
  async attempts(id) {
    const query = `station_id=${encodeURIComponent(id)}`;
    return (await this.expect(200, 'GET', `/connection-attempts?${query}`)).data;
  }
  command(id, name, body, headers) {
    return this.post(`/stations/${encodeURIComponent(id)}/commands/${name}`, body, headers);
  }
  call(id, body, headers) {
    return this.post(`/stations/${encodeURIComponent(id)}/ocpp/call`, body, headers);
  }
}
