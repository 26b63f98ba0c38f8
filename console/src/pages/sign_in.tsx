// The door: an operator's name and password, or an API key, which is kept for this tab alone.
import { useEffect, useState } from 'preact/hooks';
import { ask, me, Problem, signIn, signInByLink, signInOperator, signOut, takeOffered } from '../api';
import { apiRoot } from '../router';
import { Button, complain, confirmed, Dialog, ErrorBox, say } from '../ui/basics';
import { t } from '../words';

function Door({ problem, words }: { problem: Problem | null; words: string }) {
  if (!problem) return null;
  if (problem.status === 401) return <p class="field-error" role="alert">{words}</p>;
  if (problem.status === 429) return <p class="field-error" role="alert">{t('Too many attempts. Wait a little.')}</p>;
  return <ErrorBox problem={problem} />;
}

// Runs one attempt at a time, and keeps what went wrong.
function useAttempt(): [boolean, Problem | null, (attempt: () => Promise<void>) => Promise<void>] {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (attempt: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await attempt();
    } catch (error) {
      setProblem(error as Problem);
    }
    setBusy(false);
  };
  return [busy, problem, run];
}

function ByPassword() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [busy, problem, run] = useAttempt();
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void run(() => signInOperator(name.trim(), password)); }}>
      <label class="field"><span>{t('Name')}</span>
        <input name="name" autoComplete="username" required autoFocus maxLength={64} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label class="field"><span>{t('Password')}</span>
        <input type="password" name="password" autoComplete="current-password" required maxLength={200} value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
      </label>
      <Button type="submit" kind="primary" disabled={busy}>{busy ? t('Signing in…') : t('Sign in')}</Button>
      <Door problem={problem} words={t('Name or password is wrong.')} />
    </form>
  );
}

function ByKey() {
  const [text, setText] = useState('');
  const [busy, problem, run] = useAttempt();
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); if (text.trim()) void run(() => signIn(text.trim())); }}>
      <label class="field">
        <span>{t('API key')}</span>
        <input type="password" name="key" autoComplete="off" required value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <Button type="submit" disabled={busy}>{busy ? t('Signing in…') : t('Sign in by key')}</Button>
      <Door problem={problem} words={t('This key is not in force.')} />
      <p class="small muted">
        {t('The first start prints a key once; OHM_ADMIN_KEY sets one. It stays in this tab until you close it.')}
      </p>
    </form>
  );
}

// What a link brought is worth something once: it is used at once, and never again.
function ByLink() {
  const [busy, problem, run] = useAttempt();
  useEffect(() => {
    const secret = takeOffered();
    if (secret) void run(() => signInByLink(secret));
  }, []);
  if (busy) return <p role="status">{t('Signing in…')}</p>;
  return <Door problem={problem} words={t('This link has been followed already, or is too old. Make another one: ohmstead link')} />;
}

export function SignIn() {
  return (
    <main class="sign-in">
      <div class="sign-in-box">
        <div class="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M17.5 5 8 18h6.5L13 27l11-14h-7z" /></svg>
          <h1>Ohmstead</h1>
        </div>
        <p class="muted">{t('Charging station management')}</p>
        <ByLink />
        <ByPassword />
        <hr />
        <ByKey />
        <p class="small"><a href={new URL('docs', apiRoot).href}>{t('API documentation')}</a></p>
      </div>
    </main>
  );
}

// A link that was followed while somebody is signed in.
export async function askAboutLink(): Promise<void> {
  const wanted = takeOffered();
  if (!wanted) return;
  const answer = await confirmed({
    title: t('Sign in anew by this link?'), whom: me.value?.name ?? '', action: t('Sign in anew'), danger: true,
    text: t('You are signed in, and the link signs in whoever made it. All that you do here is then done as that one, and you are signed out first. Cancel if you did not expect it.'),
  });
  if (answer === null) return;
  await signOut();
  await signInByLink(wanted).catch(complain);
}

export function OwnPassword({ onDone }: { onDone: () => void }) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [busy, problem, run] = useAttempt();
  const change = async () => {
    await ask('/api/v1/me/password', { method: 'PUT', body: { current_password: current, new_password: wanted } });
    say(t('Your password is another one now; other browsers are signed out'));
    onDone();
  };
  return (
    <Dialog title={t('Your password')} onClose={onDone}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void run(change); }}>
        <label class="field"><span>{t('Current password')}</span><input type="password" name="current" autoComplete="current-password" required autoFocus value={current} onInput={(event) => setCurrent(event.currentTarget.value)} /></label>
        <label class="field"><span>{t('New password, 10 characters or more')}</span><input type="password" name="wanted" autoComplete="new-password" required minLength={10} maxLength={200} value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} /></label>
        <Door problem={problem} words={t('The current password is another one.')} />
        <footer class="row end"><Button onClick={onDone}>{t('Cancel')}</Button><Button type="submit" kind="primary" disabled={busy}>{t('Change')}</Button></footer>
      </form>
    </Dialog>
  );
}
