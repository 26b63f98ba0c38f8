// What many stations get one by one: new passwords, and the list of tokens that each shall hold.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, may, type Page, post, query, stationPath } from '../api';
import { BulkDialog, Met, useMet } from '../bulk';
import { useQuery } from '../query';
import type { Schemas } from '../types';
import { Button, csvCell, Dialog, ErrorBox, save, say } from '../ui/basics';
import { t } from '../words';
import type { Props } from './station_bulk';

// ---- one request a station ----

const atOnce = 4;
interface Each {
  done: number | null; // null: not begun
  total: number;
  failed: string[];
  runs: boolean;
  run: (ids: string[]) => Promise<boolean>; // whether it went well everywhere
}
export function useEach(work: (id: string) => Promise<unknown>): Each {
  const [done, setDone] = useState<number | null>(null);
  const [total, setTotal] = useState(0);
  const [failed, setFailed] = useState<string[]>([]);
  const gone = useRef(false);
  useEffect(() => () => { gone.current = true; }, []);
  const run = async (ids: string[]) => {
    const waiting = [...ids];
    const lost: string[] = [];
    let count = 0;
    setDone(0);
    setTotal(ids.length);
    setFailed([]);
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined && !gone.current; id = waiting.shift()) {
        await work(id).catch((error: Error) => lost.push(`${id}: ${error.message}`));
        setDone(++count);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    setFailed(lost);
    return lost.length === 0 && !gone.current;
  };
  return { done, total, failed, runs: done !== null && done < total, run };
}

const failuresShown = 8;
export function Progress({ each }: { each: Each }) {
  const { done, total, failed } = each;
  const more = failed.length - failuresShown;
  return (
    <>
      {done !== null && (
        <p class="row">
          <progress class="grow" max={total} value={done} aria-label={t('{n} of {total}', { n: done, total })} />
          <span class="num small muted">{t('{n} of {total}', { n: done, total })}</span>
        </p>
      )}
      {failed.length > 0 && (
        <div role="alert">
          <ul class="violations">{failed.slice(0, failuresShown).map((one) => <li key={one}>{one}</li>)}</ul>
          {more > 0 && <p class="small muted">{t('And {n} more.', { n: more })}</p>}
        </div>
      )}
    </>
  );
}

// ---- passwords ----

interface Made {
  id: string;
  password: string;
}
// They are in the file and nowhere else: neither this page nor the api shows them again.
function savePasswords(made: Made[]): void {
  const rows = made.map((one) => `${csvCell(one.id)},"${one.password.replaceAll('"', '""')}"`);
  save(`passwords-${new Date().toISOString().slice(0, 16).replace(':', '')}.csv`, ['station_id,password', ...rows].join('\r\n'), 'text/csv');
}

export function Passwords(props: Props) {
  const { whom, count, onClose } = props;
  const [byHand, setByHand] = useState(false);
  const choice = may('stations:write') && (
    <fieldset>
      <legend>{t('How they get it')}</legend>
      <label class="check"><input type="radio" name="way" checked={!byHand} onChange={() => setByHand(false)} />{t('Each is sent one of its own over its connection')}</label>
      <label class="check"><input type="radio" name="way" checked={byHand} onChange={() => setByHand(true)} />{t('Somebody sets it in the station')}</label>
    </fieldset>
  );
  if (byHand) return <ByHand {...props} choice={choice} />;
  return (
    <BulkDialog title={t('New password for {n|station|stations}', { n: count })} command="rotate-password" params={{}} whom={whom} disturbs={false} onClose={onClose}>
      {choice}
      <p class="small muted">{t('Nobody sees it. It counts once the station has accepted it; where it has not, the old one goes on to count.')}</p>
    </BulkDialog>
  );
}

function ByHand({ whom, count, onClose, choice }: Props & { choice: preact.ComponentChildren }) {
  const { met, problem } = useMet('rotate-password', {}, whom);
  const [typed, setTyped] = useState('');
  const [saved, setSaved] = useState(0);
  const made = useRef<Made[]>([]);
  const isMaking = useRef(false);
  const hasLeft = useRef(false);
  const each = useEach(async (id) => {
    const answer = await post<Schemas['Credentials']>(stationPath(id, '/credentials/rotate'));
    if (answer.password) made.current.push({ id, password: answer.password });
  });
  const keep = () => {
    const all = made.current;
    made.current = [];
    if (all.length === 0) return;
    savePasswords(all);
    setSaved(all.length);
  };
  // Whoever leaves without the file gets it then: the old passwords are void.
  useEffect(() => {
    const onLeave = (event: Event) => { if (made.current.length > 0) event.preventDefault(); };
    addEventListener('beforeunload', onLeave);
    return () => {
      removeEventListener('beforeunload', onLeave);
      hasLeft.current = true;
      if (!isMaking.current) keep();
    };
  }, []);
  const ids = met?.station_ids ?? [];
  // What was on its way when somebody left belongs into the file as well.
  const make = async () => {
    isMaking.current = true;
    await each.run(ids);
    isMaking.current = false;
    if (hasLeft.current) keep();
  };
  const hasRun = each.done !== null;
  const isReady = !hasRun && ids.length > 0 && typed.trim() === String(ids.length);
  return (
    <Dialog title={t('New password for {n|station|stations}', { n: count })} onClose={() => { if (!each.runs) onClose(); }}>
      <form onSubmit={(event) => { event.preventDefault(); if (isReady) void make(); }}>
        {!met && !problem && <p class="muted" role="status">{t('Counting the stations…')}</p>}
        {met && <Met met={met} warns />}
        {!hasRun && choice}
        {!hasRun && (
          <>
            <p class="note-box">{t('The old passwords are void at once. Who is connected stays so; at the next connection a station gets in only with the new one. The new ones are made here and can be saved once, as a file.')}</p>
            {ids.length > 0 && (
              <label class="field">
                <span>{t('Type {n}, the number of stations, to go on', { n: String(ids.length) })}</span>
                <input name="typed" inputMode="numeric" autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
              </label>
            )}
          </>
        )}
        {problem && <ErrorBox problem={problem} />}
        <Progress each={each} />
        {hasRun && !each.runs && saved === 0 && made.current.length > 0 && <p role="status"><strong>{t('{n|password is|passwords are} waiting for the file. They are shown nowhere else, and not again.', { n: made.current.length })}</strong></p>}
        {saved > 0 && <p role="status">{t('{n|password is|passwords are} in the file, and nowhere else. Keep it safe, and delete it once they are set.', { n: saved })}</p>}
        <footer class="row end">
          <Button disabled={each.runs} onClick={onClose}>{hasRun ? t('Close') : t('Cancel')}</Button>
          {!hasRun && <Button type="submit" kind="danger" disabled={!isReady}>{t('Make new passwords')}</Button>}
          {hasRun && saved === 0 && <Button kind="primary" icon="download" disabled={each.runs || made.current.length === 0} onClick={keep}>{t('Save the file')}</Button>}
        </footer>
      </form>
    </Dialog>
  );
}

// ---- lists of tokens ----

type What = 'send' | 'tokens' | 'version';
const versionCommand = 'get-local-list-version';

export function LocalLists(props: Props) {
  const [what, setWhat] = useState<What>('send');
  const choice = (
    <label class="field">
      <span>{t('What to do')}</span>
      <select name="what" value={what} onChange={(event) => setWhat(event.currentTarget.value as What)}>
        <option value="send">{t('Send each the list that is wanted of it')}</option>
        {may('stations:write') && <option value="tokens">{t('Make it of our tokens, and send it')}</option>}
        <option value="version">{t('Ask for the version that each holds')}</option>
      </select>
    </label>
  );
  if (what === 'version')
    return <BulkDialog title={t('Local list of {n|station|stations}', { n: props.count })} command={versionCommand} params={{}} whom={props.whom} disturbs={false} onClose={props.onClose}>{choice}</BulkDialog>;
  return <SendLists {...props} key={what} isNew={what === 'tokens'} choice={choice} />;
}

function SendLists({ whom, count, onClose, choice, isNew }: Props & { choice: preact.ComponentChildren; isNew: boolean }) {
  const { met, problem } = useMet(versionCommand, {}, whom);
  const groups = useQuery<Page<Schemas['Token']>>(isNew && may('tokens:read') ? query('/api/v1/tokens', { limit: 500 }) : null);
  const [group, setGroup] = useState('');
  const known = [...new Set((groups.data?.data ?? []).map((one) => one.group_id).filter((one): one is string => !!one))].sort();
  const each = useEach(async (id) => {
    if (isNew) await ask(stationPath(id, '/local-list'), { method: 'PUT', body: { source: 'tokens', tokens: group.trim() ? { group_ids: [group.trim()] } : {} } });
    await post(stationPath(id, '/local-list/sync'), {});
  });
  const ids = met?.station_ids ?? [];
  const send = async () => {
    if (!(await each.run(ids))) return;
    say(t('{n|list is|lists are} on the way', { n: ids.length }));
    onClose();
  };
  return (
    <Dialog title={t('Local list of {n|station|stations}', { n: count })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void send(); }}>
        {!met && !problem && <p class="muted" role="status">{t('Counting the stations…')}</p>}
        {met && <Met met={met} warns={false} />}
        {choice}
        {isNew && (
          <label class="field">
            <span>{t('Only tokens of the group')}</span>
            <input name="group" maxLength={36} list="groups-known" placeholder={t('all')} value={group} onInput={(event) => setGroup(event.currentTarget.value)} />
            <datalist id="groups-known">{known.map((one) => <option key={one} value={one} />)}</datalist>
          </label>
        )}
        <p class="small muted">{isNew
          ? t('The list of each is made of the tokens that may charge at it, and anew at every sending: what was wanted of it before is replaced.')
          : t('What differs is sent, in as many messages as the station takes; a station of which no list is wanted says so.')}</p>
        {(met?.stations?.offline ?? 0) > 0 && <p class="small muted">{t('Those that are offline cannot be sent it; order it again when they are back.')}</p>}
        {problem && <ErrorBox problem={problem} />}
        <Progress each={each} />
        <footer class="row end">
          <Button onClick={onClose}>{each.done === null ? t('Cancel') : t('Close')}</Button>
          <Button type="submit" kind="primary" disabled={each.runs || ids.length === 0}>{t('Send to {n|station|stations}', { n: ids.length })}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
