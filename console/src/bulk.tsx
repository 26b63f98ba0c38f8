// An order to many stations: whom it meets now, who of them is meant, and the batch that it becomes.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { post, Problem } from './api';
import { go, path } from './router';
import { type Filter, type Selection } from './bulk_filter';
import type { Batch } from './types';
import { Button, Dialog, ErrorBox, say } from './ui/basics';
import { t } from './words';

export const selectOf = (whom: Selection) => ('filter' in whom ? { filter: whom.filter } : { station_ids: whom.ids });

const dayMs = 86_400_000;
const longestS = 604_800;
// As an input of date and time has it, in UTC.
const inputTime = (at: number) => new Date(at).toISOString().slice(0, 16);

// Whom a command would meet now, by a batch that is not sent.
export function useMet(command: string, params: Filter, whom: Selection, incomplete = false) {
  const [met, setMet] = useState<Batch | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (incomplete) return;
    let stopped = false;
    post<Batch>('/api/v1/command-batches', { command, params, select: selectOf(whom), dry_run: true })
      .then((found) => { if (!stopped) setMet(found); })
      .catch((error) => { if (!stopped) setProblem(error as Problem); });
    return () => { stopped = true; };
  }, [command, incomplete]);
  return { met, problem, setProblem };
}
export function Met({ met, warns }: { met: Batch; warns: boolean }) {
  const now = met.stations;
  return now ? (
    <div role="status"><ul class="plain">
      <li>{t('{n|station|stations}', { n: met.progress.total })}: {t('{n} online, {m} offline', { n: now.online, m: now.offline })}</li>
      <li class={now.charging && warns ? 'danger-text' : ''}>{t('{n} with a session that runs now', { n: now.charging })}</li>
    </ul></div>
  ) : null;
}

export function BulkDialog({ title, command, params, whom, disturbs, incomplete, children, onSent, onClose }: {
  title: string;
  command: string;
  params: Filter;
  whom: Selection;
  disturbs: boolean;
  incomplete?: boolean; // something has to be said first
  children?: ComponentChildren;
  onSent?: () => void;
  onClose: () => void;
}) {
  const { met, problem, setProblem } = useMet(command, params, whom, incomplete);
  const [idle, setIdle] = useState(true);
  const [queues, setQueues] = useState(false);
  const [until, setUntil] = useState(inputTime(Date.now() + dayMs));
  const select = selectOf(whom);
  const seconds = Math.round((Date.parse(`${until}Z`) - Date.now()) / 1000);
  const waitsTooLong = queues && !(seconds > 0 && seconds <= longestS);
  const send = async () => {
    try {
      const waits = queues ? { queue: true, expires_in: seconds } : {};
      const batch = await post<Batch>('/api/v1/command-batches', { command, params: { ...params, ...waits }, select, ...(idle ? { only: 'idle' } : {}) });
      say(t('The batch runs'));
      onSent?.();
      onClose();
      if (batch.id) go(path('batches', batch.id));
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const now = met?.stations;
  const count = met?.progress.total ?? 0;
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void send(); }}>
        {!now && !problem && !incomplete && <p class="muted" role="status">{t('Counting the stations…')}</p>}
        {met && <Met met={met} warns={disturbs && !idle} />}
        {children}
        <label class="check">
          <input type="checkbox" name="idle" checked={idle} onChange={(event) => setIdle(event.currentTarget.checked)} />
          {t('Only stations where nothing is charging')}
        </label>
        <label class="check">
          <input type="checkbox" name="queue" checked={queues} onChange={(event) => setQueues(event.currentTarget.checked)} />
          {t('Let it wait for those that are offline')}
        </label>
        {queues && (
          <label class="field">
            <span>{t('Until (UTC)')}</span>
            <input type="datetime-local" name="until" required value={until} min={inputTime(Date.now())} max={inputTime(Date.now() + longestS * 1000)} onInput={(event) => setUntil(event.currentTarget.value)} />
          </label>
        )}
        {waitsTooLong && <p class="field-error">{t('It may wait for a week at most, and not until a time that is over.')}</p>}
        {now && !queues && now.offline > 0 && <p class="small muted">{t('Those that are offline refuse it.')}</p>}
        {problem && <ErrorBox problem={problem} />}
        <footer class="row end">
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" kind={disturbs ? 'danger' : 'primary'} disabled={!now || count === 0 || waitsTooLong || incomplete}>{t('Send to {n|station|stations}', { n: count })}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
