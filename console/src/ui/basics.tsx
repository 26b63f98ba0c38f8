// The small parts that every screen is made of.
import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api';
import { ago, byOtherClock, dash, time } from '../format';
import { now } from '../live';
import { wordOf } from '../state_words';
import { t } from '../words';
import { Icon, type IconName } from './icons';

// ---- buttons and links ----

type ButtonProps = {
  icon?: IconName;
  kind?: 'primary' | 'danger' | 'quiet';
  children?: ComponentChildren;
} & Omit<JSX.IntrinsicElements['button'], 'icon'>;

export function Button({ icon, kind, children, class: name, ...more }: ButtonProps) {
  return (
    <button type="button" {...more} class={`button ${kind ?? ''} ${children ? '' : 'icon-only'} ${typeof name === 'string' ? name : ''}`}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void copyText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <Button icon={copied ? 'check' : 'copy'} kind="quiet" onClick={copy}
      {...(label ? {} : { 'aria-label': t('Copy'), title: t('Copy') })}>
      {label && (copied ? t('Copied') : label)}
    </Button>
  );
}
// Where the page came without TLS the browser has no clipboard.
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

// ---- words about states ----

type Tone = 'good' | 'busy' | 'wait' | 'bad' | 'off' | 'plain';
const tones: Record<string, [Tone, IconName]> = {
  Available: ['good', 'dot'],
  Charging: ['busy', 'bolt'],
  Occupied: ['busy', 'plug'],
  Preparing: ['wait', 'plug'],
  EVConnected: ['wait', 'plug'],
  Finishing: ['wait', 'plug'],
  SuspendedEV: ['wait', 'pause'],
  SuspendedEVSE: ['wait', 'pause'],
  Reserved: ['wait', 'clock'],
  Unavailable: ['off', 'ban'],
  Faulted: ['bad', 'warning'],
  online: ['good', 'dot'],
  offline: ['off', 'ban'],
  active: ['busy', 'bolt'],
  ended: ['plain', 'check'],
  Accepted: ['good', 'check'],
  accepted: ['good', 'check'],
  confirmed: ['good', 'check'],
  complete: ['good', 'check'],
  received: ['good', 'check'],
  finished: ['good', 'check'],
  matches: ['good', 'check'],
  answered: ['good', 'check'],
  pending: ['wait', 'clock'],
  Pending: ['wait', 'clock'],
  queued: ['wait', 'clock'],
  sent: ['wait', 'clock'],
  open: ['wait', 'clock'],
  running: ['busy', 'clock'],
  scheduled: ['wait', 'clock'],
  receiving: ['wait', 'clock'],
  ordered: ['wait', 'clock'],
  cancelling: ['wait', 'clock'],
  waiting: ['wait', 'clock'],
  differs: ['bad', 'warning'],
  failed: ['bad', 'warning'],
  refused: ['bad', 'warning'],
  missed: ['bad', 'warning'],
  contradicted: ['bad', 'warning'],
  aborted: ['bad', 'warning'],
  rejected: ['bad', 'ban'],
  Rejected: ['bad', 'ban'],
  Blocked: ['bad', 'ban'],
  Invalid: ['bad', 'ban'],
  Expired: ['bad', 'ban'],
  gap: ['bad', 'warning'],
  incomplete: ['bad', 'warning'],
};

export function Chip({ word, label, tone }: { word: string | null | undefined; label?: string; tone?: Tone }) {
  if (!word) return <span class="muted">{dash}</span>;
  const [found, icon] = tones[word] ?? ['plain', null];
  return (
    <span class={`chip tone-${tone ?? found}`}>
      {icon && <Icon name={icon} />}
      {label ?? wordOf(word)}
    </span>
  );
}
export function Connectivity({ value }: { value: string }) {
  return <Chip word={value} label={value === 'online' ? t('online') : t('offline')} />;
}

// ---- times ----

export function Time({ at, full }: { at: string | null | undefined; full?: boolean }) {
  if (!at) return <span class="muted">{dash}</span>;
  return <time dateTime={at} title={byOtherClock(at)}>{time(at, full)}</time>;
}
export function Ago({ at }: { at: string | null | undefined }) {
  if (!at) return <span class="muted">{dash}</span>;
  return <time dateTime={at} title={`${time(at, true)} · ${byOtherClock(at)}`}>{ago(at, now.value)}</time>;
}

// ---- messages ----

export function ErrorBox({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="error-box" role="alert">
      <Icon name="warning" />
      <div class="grow">
        <strong>{problem.status === 0 ? t('The api cannot be reached') : problem.title}</strong>
        {problem.detail && <p>{problem.detail}</p>}
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map((one) => (
              <li key={one.pointer ?? one.parameter ?? one.detail}>
                <code>{one.pointer ?? one.parameter ?? one.header}</code> {one.detail}
                {one.remedy && <em> {one.remedy}</em>}
              </li>
            ))}
          </ul>
        )}
        <p class="small muted">
          {problem.status > 0 && `HTTP ${problem.status}`} {problem.code && <code>{problem.code}</code>}{' '}
          {problem.requestId && <code>{problem.requestId}</code>}
        </p>
      </div>
      <div class="row">
        {problem.curl && <CopyButton text={problem.curl} label={t('Copy as curl')} />}
        {retry && <Button icon="refresh" onClick={retry}>{t('Try again')}</Button>}
      </div>
    </div>
  );
}

export function Empty({ title, children, icon = 'empty' }: { title: string; children?: ComponentChildren; icon?: IconName }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children && <div class="empty-text">{children}</div>}
    </div>
  );
}

export function Skeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => <div key={i} />)}
    </div>
  );
}

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  curl: string;
}
const toasts = signal<Toast[]>([]);
let toastCount = 0;
export function say(text: string, bad = false, curl = ''): void {
  const id = ++toastCount;
  toasts.value = [...toasts.value.slice(-2), { id, text, bad, curl }];
  setTimeout(() => (toasts.value = toasts.value.filter((one) => one.id !== id)), bad ? 12_000 : 4000);
}
// What went wrong, where no box has room for it.
export function complain(error: unknown): void {
  const problem = error instanceof Problem ? error : null;
  const text = problem?.status === 0 ? t('The api cannot be reached') : (error as Error).message;
  say(problem?.requestId ? `${text} (${problem.requestId})` : text, true, problem?.curl ?? '');
}
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast ${one.bad ? 'bad' : ''}`}>
          <Icon name={one.bad ? 'warning' : 'check'} />
          <span class="grow">{one.text}</span>
          {one.curl && <CopyButton text={one.curl} label={t('Copy as curl')} />}
        </div>
      ))}
    </div>
  );
}

// ---- layout ----

export function Page({ title, children, actions, sub, fills }: {
  title: ComponentChildren;
  sub?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  fills?: boolean; // as high as the window, with lists that scroll in themselves
}) {
  return (
    <div class={`page ${fills ? 'fills' : ''}`}>
      <header class="page-head">
        <div class="grow">
          <h1>{title}</h1>
          {sub && <div class="sub">{sub}</div>}
        </div>
        {actions && <div class="row wrap">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
export function Card({ title, actions, children, class: name = '' }: {
  title?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <section class={`card ${name}`}>
      {title && (
        <header class="card-head">
          <h2>{title}</h2>
          {actions && <div class="row">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
// Names and what they are, in columns.
export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === '' ? <span class="muted">{dash}</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Tabs({ tabs, current, onPick, label }: {
  tabs: [string, string][];
  current: string;
  onPick: (tab: string) => void;
  label: string;
}) {
  const frame = useRef<HTMLElement>(null);
  // Where they have no room side by side, the current one is in sight.
  useEffect(() => {
    const nav = frame.current;
    const at = nav?.querySelector<HTMLElement>('[aria-current]');
    if (nav && at) nav.scrollLeft = at.offsetLeft - nav.offsetLeft - (nav.clientWidth - at.offsetWidth) / 2;
  }, [current]);
  return (
    <nav class="tabs" aria-label={label} ref={frame}>
      {tabs.map(([id, name]) => (
        <button type="button" key={id} aria-current={id === current ? 'page' : undefined} onClick={() => onPick(id)}>
          {name}
        </button>
      ))}
    </nav>
  );
}

// ---- asking ----

export function Dialog({ title, onClose, children, wide }: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
}) {
  const frame = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = frame.current;
    if (shown && !shown.open) shown.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={frame} class={wide ? 'wide' : ''} aria-labelledby="dialog-title"
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onClick={(event) => { if (event.target === frame.current) onClose(); }}>
      <div class="dialog-body">
        <header class="row">
          <h2 id="dialog-title" class="grow">{title}</h2>
          <Button icon="close" kind="quiet" aria-label={t('Close')} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  title: string;
  whom?: string; // whom or what it hits
  text: ComponentChildren;
  action: string;
  danger?: boolean;
  reason?: string; // label of a text that must be given
  initial?: string; // of that text
  longest?: number;
  answer: (reason: string | null) => void;
}
const question = signal<Question | null>(null);
// Null where the person thought better of it; else the reason, or ''.
export function confirmed(what: Omit<Question, 'answer'>): Promise<string | null> {
  return new Promise((done) => {
    question.value = {
      ...what,
      answer: (reason) => {
        question.value = null;
        done(reason);
      },
    };
  });
}
export function Confirmation() {
  return question.value && <Asked key={question.value.title} asked={question.value} />;
}
function Asked({ asked }: { asked: Question }) {
  const [reason, setReason] = useState(asked.initial ?? '');
  return (
    <Dialog title={asked.title} onClose={() => asked.answer(null)}>
      <form onSubmit={(event) => { event.preventDefault(); asked.answer(reason); }}>
        <div class="prose">{asked.whom && <strong class="whom">{asked.whom}</strong>}{asked.text}</div>
        {asked.reason && (
          <label class="field">
            <span>{asked.reason}</span>
            <input required maxLength={asked.longest ?? 200} value={reason} autoFocus
              onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        )}
        <footer class="row end">
          <Button onClick={() => asked.answer(null)}>{t('Cancel')}</Button>
          <Button type="submit" kind={asked.danger ? 'danger' : 'primary'} autoFocus={!asked.reason}>{asked.action}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

export function JsonBlock({ value }: { value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <div class="json">
      <CopyButton text={text} />
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}

export function save(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type }));
}
export function saveBlob(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
// A cell of CSV; what a spreadsheet would take for a formula is quoted as text.
export function csvCell(value: unknown): string {
  let text = value === null || value === undefined ? '' : String(value);
  if (/^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
