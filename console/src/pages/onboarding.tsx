// S3: how far a station has come on its way into service, live, with what mends what hinders it.
import { useState } from 'preact/hooks';
import { ask, may, mayOrder, stationPath } from '../api';
import { useQuery } from '../query';
import { path } from '../router';
import { Ago, Button, complain, ErrorBox, say, Skeleton } from '../ui/basics';
import { Icon } from '../ui/icons';
import { t } from '../words';
import { type Check, type CheckFix, type CheckStep, explainStep, fixName, stepName } from './check_words';

const mayFix = (fix: CheckFix) => (fix.id === 'accept' ? may('stations:write') : mayOrder());

async function send(fix: CheckFix): Promise<void> {
  await ask(fix.path, { method: fix.method, body: fix.body });
}

// What is asked for by several steps is asked once.
function fixesOf(steps: CheckStep[]): CheckFix[] {
  const found = steps.flatMap((step) => (step.fix && mayFix(step.fix) ? [step.fix] : []));
  return found.filter((fix, i) => found.findIndex((one) => one.id === fix.id) === i);
}

function doneDetail(step: CheckStep): string | null {
  return step.id === 'status' ? t('{n|connector|connectors}', { n: parseInt(step.detail ?? '', 10) }) : step.detail;
}

function Step({ step, isNow, busy, onFix }: { step: CheckStep; isNow: boolean; busy: boolean; onFix: (fix: CheckFix) => void }) {
  const isDone = step.state === 'ok';
  const look = isDone ? 'done' : step.state === 'failed' ? 'bad' : isNow ? 'now' : 'later';
  const said = step.cause ? explainStep(step) : null;
  const { fix } = step;
  return (
    <li class={`step ${look}`} data-step={step.id} data-state={step.state}>
      <Icon name={isDone ? 'check' : step.state === 'failed' ? 'warning' : 'clock'} />
      <div class="grow">
        <strong>{stepName(step.id)}</strong>
        {step.since && <span class="small muted"> <Ago at={step.since} /></span>}
        {isDone && step.detail && <span class="small muted"> · {doneDetail(step)}</span>}
        {said && <div class="small"><span class={step.state === 'failed' ? 'danger-text' : ''}>{said.title}</span>{!isDone && step.detail && <> (<span class="pre">{step.detail}</span>)</>}<br /><span class="muted">{said.remedy}</span></div>}
        {!said && !isDone && isNow && <div class="small muted">{t('waiting…')}</div>}
      </div>
      {fix && mayFix(fix) && <Button disabled={busy} onClick={() => onFix(fix)}>{fixName(fix.id)}</Button>}
    </li>
  );
}

export function Checklist({ id }: { id: string }) {
  const asked = useQuery<Check>(stationPath(id, '/check'), { types: ['station.', 'connector.', 'command.', 'connection.'], station: id, every: 2000 });
  const [busy, setBusy] = useState(false);
  const check = asked.data;
  if (!check) return asked.error ? <ErrorBox problem={asked.error} retry={asked.reload} /> : <Skeleton />;
  const fixes = fixesOf(check.steps);
  const mend = async (wanted: CheckFix[]) => {
    setBusy(true);
    try {
      // One after the other: what a station is told first, it must have heard first.
      for (const fix of wanted) await send(fix).then(() => say(fixName(fix.id))).catch(complain);
    } finally {
      setBusy(false);
      asked.reload();
    }
  };
  const first = check.steps.findIndex((step) => step.state !== 'ok');
  return (
    <div class="stack checklist" data-state={check.state}>
      <p class="row">
        <span class="grow">{check.state === 'ok' ? t('It is in service: nothing is left to do.') : t('{n} of {total} are done.', { n: String(check.steps_ok), total: String(check.steps.length) })}</span>
        {fixes.length > 1 && <Button kind="primary" disabled={busy} onClick={() => void mend(fixes)}>{t('Fix all')}</Button>}
      </p>
      <ol class="steps" aria-live="polite">
        {check.steps.map((step, i) => <Step key={step.id} step={step} isNow={i === first} busy={busy} onFix={(fix) => void mend([fix])} />)}
      </ol>
      <p class="small"><a href={`${path('attempts')}?station_id=${encodeURIComponent(id)}`}>{t('Connection attempts')}</a></p>
    </div>
  );
}
