// S4: whether the station is well, step by step, and whether it answers now.
import { useState } from 'preact/hooks';
import { mayOrder, post, stationPath } from '../api';
import { ms } from '../format';
import type { Schemas } from '../types';
import { Button, Card, Chip, complain } from '../ui/basics';
import { t } from '../words';
import { Checklist } from './onboarding';
import type { TabProps } from './station';

function Ping({ id }: { id: string }) {
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Schemas['StationPing'] | null>(null);
  const ping = () => {
    setBusy(true);
    setAnswer(null);
    post<Schemas['StationPing']>(stationPath(id, '/ping')).then(setAnswer).catch(complain).finally(() => setBusy(false));
  };
  return (
    <span class="row" aria-live="polite">
      {answer && (answer.answered
        ? <Chip word="answered" label={t('answered in {time}', { time: ms(answer.rtt_ms) })} />
        : <Chip word="failed" label={t('no answer yet')} />)}
      <Button disabled={busy} onClick={ping}>{busy ? t('waiting…') : t('Does it answer?')}</Button>
    </span>
  );
}

export function StationCheck({ station }: TabProps) {
  return (
    <Card title={t('Check')} actions={mayOrder() && station.connectivity === 'online' && <Ping id={station.id} />}>
      <p class="muted">{t('What it takes to be in service, as it is known here; nothing is asked of the station by looking.')}</p>
      <Checklist id={station.id} />
    </Card>
  );
}
