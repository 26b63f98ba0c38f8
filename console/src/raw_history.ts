// The last raw calls of this browser, to send again. What a station keeps secret, and what lets a
// person charge, is left out before anything is stored.
import { signal } from '@preact/signals';
import type { Json } from './types';

export interface RawCall {
  at: string;
  station: string;
  version: string;
  action: string;
  payload: Json;
  masked: boolean; // something was left out
}
const storageName = 'ohm.raw-calls';
const callsMax = 20;
const bytesMax = 16_384; // of one payload

const secretNames = /passw|secret|authorizationkey|private|token|^idtag$|^parentidtag$|credential|apikey/i;
const secretVariables = /pass|psk|pin$|secret|authorizationkey|private|token|credential|apikey/i;
// A pair of key and value, in both versions: what the name says decides about the value.
const namesOfPairs = ['key', 'variable', 'component'];
const valuesOfPairs = ['value', 'attributeValue'];

function isSecretPair(fields: { [name: string]: Json }): boolean {
  return namesOfPairs.some((name) => {
    const said = fields[name];
    const text = typeof said === 'string' ? said : JSON.stringify(said ?? '');
    return said !== undefined && secretVariables.test(text);
  });
}
// User, password and query of a URL.
const withoutAccess = (text: string): string =>
  text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/i, '$1').replace(/^([a-z][a-z0-9+.-]*:\/\/[^?\s]*)\?\S*$/i, '$1');

const tokenNames = /^(idtag|parentidtag|idtoken)$/i;
const aroundTokens = /^(idtoken|groupidtoken|idtokeninfo|idtaginfo)$/i;

// `callToken`: what an id token is called instead; without it, it is left out.
export function withoutSecrets(action: string, given: Json, callToken?: (token: string) => string): { payload: Json; masked: boolean } {
  let masked = false;
  const blank = (value: Json): Json => {
    if (value === null || value === '') return value;
    masked = true;
    return typeof value === 'object' ? (Array.isArray(value) ? [] : {}) : '';
  };
  const clean = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value === 'string') {
      const left = withoutAccess(value);
      masked ||= left !== value;
      return left;
    }
    if (typeof value !== 'object' || value === null) return value;
    const isPair = valuesOfPairs.some((name) => name in value);
    const isSecret = isPair && isSecretPair(value);
    const out: { [name: string]: Json } = {};
    for (const [name, part] of Object.entries(value)) {
      const isNameOfPair = isPair && namesOfPairs.includes(name);
      const isVpnKey = name === 'key' && typeof part === 'string';
      if (callToken && typeof part === 'string' && part !== '' && tokenNames.test(name)) {
        masked = true;
        out[name] = callToken(part);
        continue;
      }
      if (callToken && typeof part === 'object' && aroundTokens.test(name)) {
        out[name] = clean(part);
        continue;
      }
      const hidden = !isNameOfPair && (isVpnKey || secretNames.test(name) || (isSecret && valuesOfPairs.includes(name)));
      out[name] = hidden ? blank(part) : clean(part);
    }
    return out;
  };
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  // Nobody but the vendor knows what stands in its data.
  const known = action === 'DataTransfer' && isObject && given.data !== undefined ? { ...given, data: blank(given.data) } : given;
  return { payload: clean(known), masked };
}

function read(): RawCall[] {
  try {
    const kept = JSON.parse(localStorage.getItem(storageName) ?? '[]') as RawCall[];
    return kept.filter((one) => typeof one.action === 'string' && typeof one.at === 'string' && one.payload !== undefined).slice(0, callsMax);
  } catch {
    return [];
  }
}
export const rawCalls = signal<RawCall[]>(read());
// The one that the form is to be filled from.
export const wantedAgain = signal<RawCall | null>(null);

function keep(calls: RawCall[]): void {
  rawCalls.value = calls;
  try {
    localStorage.setItem(storageName, JSON.stringify(calls));
  } catch {
    // A browser without storage forgets them with the tab.
  }
}
export function rememberCall(station: string, version: string, action: string, given: Json): void {
  if (JSON.stringify(given).length > bytesMax) return;
  const call = { at: new Date().toISOString(), station, version, action, ...withoutSecrets(action, given) };
  const same = (one: RawCall) => one.action === action && one.version === version && JSON.stringify(one.payload) === JSON.stringify(call.payload);
  keep([call, ...rawCalls.value.filter((one) => !same(one))].slice(0, callsMax));
}
export function forgetCalls(): void {
  keep([]);
}
