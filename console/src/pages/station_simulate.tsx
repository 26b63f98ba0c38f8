// Hands for a simulated station: what a person at it would do, ordered as a vendor's own message.
import { useState } from 'preact/hooks';
import { type Page as ListPage, post, Problem, query, stationPath } from '../api';
import { timeWithMs } from '../format';
import { useQuery } from '../query';
import type { Command, Token } from '../types';
import { Button, Card, Chip, Empty, ErrorBox } from '../ui/basics';
import type { IconName } from '../ui/icons';
import { t } from '../words';
import type { TabProps } from './station';

type Deed = 'plug-in' | 'unplug' | 'swipe-token' | 'fault' | 'clear-fault' | 'drop-connection';
interface Done {
  at: string;
  title: string;
  status: string;
}
const shownMax = 12;

function titles(): Record<Deed, [string, IconName]> {
  return {
    'plug-in': [t('Plug in'), 'plug'],
    unplug: [t('Unplug'), 'out'],
    'swipe-token': [t('Swipe token'), 'token'],
    fault: [t('Break it'), 'warning'],
    'clear-fault': [t('Repair it'), 'check'],
    'drop-connection': [t('Drop the connection'), 'ban'],
  };
}

// What makes sense at a connector that says this; the station itself has the last word.
function deedsAt(status: string): Deed[] {
  if (status === 'Faulted') return ['clear-fault'];
  const isPlugged = !['Available', 'Unavailable', 'Reserved'].includes(status);
  return [isPlugged ? 'unplug' : 'plug-in', 'swipe-token', 'fault'];
}

function Place({ id, status, online, busy, act }: { id: number; status: string; online: boolean; busy: boolean; act: (deed: Deed, connector: number) => void }) {
  return (
    <section class={`evse status-edge-${status}`} aria-label={`EVSE ${id}`}>
      <header class="row"><h3 class="grow">EVSE {id}</h3><Chip word={status} /></header>
      <div class="row wrap">
        {deedsAt(status).map((deed) => {
          const [text, icon] = titles()[deed];
          return <Button key={deed} icon={icon} {...(deed === 'fault' ? { kind: 'danger' as const } : {})} disabled={!online || busy} onClick={() => act(deed, id)}>{text}</Button>;
        })}
      </div>
    </section>
  );
}

export function StationSimulate({ station }: TabProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const [done, setDone] = useState<Done[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const tokens = useQuery<ListPage<Token>>(query('/api/v1/tokens', { status: 'Accepted', limit: 20 }));
  const known = tokens.data?.data ?? [];
  const token = wanted ?? known[0]?.uid ?? '';
  const online = station.connectivity === 'online';
  const act = async (deed: Deed, connector: number) => {
    setBusy(true);
    setProblem(null);
    try {
      const data = deed === 'drop-connection' ? {} : { connector, ...(deed === 'swipe-token' ? { token: token.trim() } : {}) };
      const sent = await post<Command>(stationPath(station.id, '/commands/data-transfer'), { vendor_id: 'org.ohmstead.simulator', message_id: deed, data }, { Prefer: 'wait=15' });
      const where = deed === 'drop-connection' ? '' : ` · EVSE ${connector}`;
      setDone((before) => [{ at: new Date().toISOString(), title: titles()[deed][0] + where, status: sent.status ?? sent.failed_reason ?? sent.state }, ...before].slice(0, shownMax));
    } catch (error) {
      setProblem(error as Problem);
    }
    setBusy(false);
  };
  const evses = station.evses ?? [];
  return (
    <>
      <Card title={t('At the station')} actions={<Button icon="ban" kind="danger" disabled={!online || busy} onClick={() => void act('drop-connection', 0)}>{t('Drop the connection')}</Button>}>
        <p class="muted">{t('This station is simulated. What you do here a person would do there: it reports it as a real one does, and nobody is charged.')}</p>
        {!online && <p class="note-box" role="status">{t('It is not connected now. It comes back by itself, later after each time.')}</p>}
        <label class="field simulate-token">
          <span>{t('Token that is swiped')}</span>
          <input name="token" list="simulate-tokens" maxLength={36} autoComplete="off" value={token} onInput={(event) => setWanted(event.currentTarget.value)} />
          <datalist id="simulate-tokens">{known.map((one) => <option key={one.uid} value={one.uid}>{one.note ?? ''}</option>)}</datalist>
          <span class="hint">{t('The one that began a session also ends it.')}</span>
        </label>
        <div class="evses">
          {evses.map((one) => <Place key={one.id} id={one.id} status={one.status} online={online} busy={busy} act={(deed, at) => void act(deed, at)} />)}
        </div>
        {evses.length === 0 && <Empty icon="plug" title={t('It has not reported a connector yet')} />}
      </Card>
      {problem && <ErrorBox problem={problem} />}
      <Card title={t('What was done')}>
        {done.length === 0 ? <p class="muted">{t('Nothing yet.')}</p> : (
          <div role="log"><ul class="plain">
            {done.map((one) => <li key={one.at} class="row"><time class="num muted" dateTime={one.at}>{timeWithMs(one.at)}</time><span class="grow">{one.title}</span><Chip word={one.status} /></li>)}
          </ul></div>
        )}
      </Card>
    </>
  );
}
