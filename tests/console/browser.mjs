// Debian's Chromium without a window, watched: what it asked of whom, and what it complained about.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { adminKey } from '../e2e/lab.mjs';

const args = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export async function openBrowser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is not there: apt-get install chromium`);
  return chromium.launch({ executablePath, args });
}

export class Tab {
  complaints = [];
  outside = [];

  static async open(browser, origin, options = {}) {
    const tab = new Tab();
    tab.origin = origin;
    tab.root = `${origin}${options.prefix ?? ''}/console/`;
    tab.context = await browser.newContext({
      viewport: { width: 1440, height: 900 }, locale: options.locale ?? 'en', colorScheme: 'light',
    });
    const page = (tab.page = await tab.context.newPage());
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) tab.complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => tab.complaints.push(`${page.url()}: ${error.stack ?? error}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) tab.outside.push(url);
    });
    return tab;
  }
  // The first tab of a browser of its own, signed in with the key of a lab.
  static async signedIn(lab) {
    const browser = await openBrowser();
    try {
      const tab = await Tab.open(browser, lab.url());
      await tab.signIn(adminKey);
      return tab;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }
  get browser() {
    return this.context.browser();
  }

  async signIn(key) {
    await this.page.goto(this.root);
    await this.page.fill('input[name=key]', key);
    await this.page.click('form:has(input[name=key]) button[type=submit]');
    await this.page.waitForSelector('.rail');
  }
  async signInAs(name, password) {
    await this.page.goto(this.root);
    await this.page.fill('input[name=name]', name);
    await this.page.fill('input[name=password]', password);
    await this.page.click('form:has(input[name=password]) button[type=submit]');
    await this.page.waitForSelector('.rail');
  }

  // Within the page, as a link would.
  async go(path) {
    await this.page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, this.root + path);
    await this.settled();
  }
  async settled() {
    await this.page.waitForFunction(
      () => document.querySelector('h1')?.textContent.trim() && !document.querySelector('.skeleton'),
    );
    await this.page.waitForTimeout(120);
  }
  text(selector = 'body') {
    return this.page.textContent(selector);
  }
  // The file that pressing something gives.
  async download(press) {
    const [file] = await Promise.all([this.page.waitForEvent('download'), press()]);
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
  }

  // What axe finds against WCAG 2.2 AA, one line each.
  async violations(rules) {
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(readFileSync(axePath, 'utf8'));
    return this.page.evaluate(async (only) => {
      const found = await window.axe.run(document, {
        runOnly: only
          ? { type: 'rule', values: only }
          : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
        resultTypes: ['violations'],
      });
      return found.violations.flatMap((one) => one.nodes.map((node) => `${location.pathname} ${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`));
    }, rules ?? null);
  }
  // In the light theme, and what in the dark one is its own.
  async faults() {
    await this.setTheme('light');
    const found = await this.violations();
    await this.setTheme('dark');
    found.push(...(await this.violations(['color-contrast'])));
    await this.setTheme('light');
    return found;
  }
  setTheme(theme) {
    return this.page.evaluate((to) => document.documentElement.setAttribute('data-theme', to), theme);
  }
}
