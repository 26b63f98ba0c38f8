// The messages of one station, and how much of them is kept.
import { ask, may, stationPath } from '../api';
import { useQuery } from '../query';
import type { Schemas } from '../types';
import { complain, say } from '../ui/basics';
import { Messages } from '../ui/messages';
import { t } from '../words';
import type { TabProps } from './station';

type Level = 'all' | 'errors' | 'off';
const levels: Record<Level, () => string> = { all: () => t('all messages'), errors: () => t('errors only'), off: () => t('none') };

function KeptLevel({ station }: { station: string }) {
  const asked = useQuery<Schemas['MessageLogLevel']>(stationPath(station, '/message-log-level'));
  if (!asked.data) return null;
  const change = (level: string) =>
    ask(stationPath(station, '/message-log-level'), { method: 'PUT', body: { level: level || null } })
      .then(() => { say(t('Saved')); asked.reload(); })
      .catch(complain);
  return (
    <label class="inline-field">
      <span class="small muted">{t('Kept')}</span>
      <select disabled={!may('stations:write')} value={asked.data.level ?? ''} onChange={(event) => void change(event.currentTarget.value)}>
        <option value="">{t('as all: {level}', { level: levels[asked.data.effective as Level]?.() ?? asked.data.effective })}</option>
        {Object.entries(levels).map(([level, words]) => <option key={level} value={level}>{words()}</option>)}
      </select>
    </label>
  );
}

export function StationMessages({ station }: TabProps) {
  return <Messages of={station.id} beside={<KeptLevel station={station.id} />} />;
}
