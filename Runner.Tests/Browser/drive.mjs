// Drives Chromium for the tests: a command a line on standard input, as JSON with an "id" and a "do", and an answer a line
// on standard output, { id, value } or { id, error }. Ends with its input.
//
//   node drive.mjs CHROMIUM
//
//   open        url, dark, width, height   a new page, which replaces the one before; its requests and errors are noted
//   value       expression                 what an expression of JavaScript is in the page
//   until       expression, seconds        waits until an expression is true
//   click       selector, accept           clicks; answers a question of the page with yes where accept is true
//   hover       selector, at               moves the mouse to a point of an element, as shares of its width and height
//   drag        selector, from, to         presses at a point of an element, moves to another, releases
//   requests                               the addresses that the page asked for
//   problems                               errors of the page and of its console
//   screenshot  path, full                 writes a PNG
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const browser = await chromium.launch({ executablePath: process.argv[2], args: ['--force-color-profile=srgb'] });
let page, requests, problems, accept;

const point = async (selector, [x, y]) => {
  const element = page.locator(selector).first();
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  return [box.x + x * box.width, box.y + y * box.height];
};

const commands = {
  async open({ url, dark = false, width = 1280, height = 900 }) {
    await page?.context().close();
    const context = await browser.newContext({
      viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', serviceWorkers: 'block',
    });
    page = await context.newPage();
    requests = [];
    problems = [];
    accept = false;
    page.on('request', request => requests.push(request.url()));
    page.on('pageerror', error => problems.push(String(error)));
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) {
        problems.push(`${message.text()} (${message.location().url})`);
      }
    });
    page.on('dialog', dialog => accept ? dialog.accept() : dialog.dismiss());
    await page.goto(url, { waitUntil: 'load' });
  },
  value: ({ expression }) => page.evaluate(expression),
  // Asks from outside, for the page's own policy forbids to evaluate text; a page that loads itself again is asked again.
  async until({ expression, seconds = 120 }) {
    const end = Date.now() + 1000 * seconds;
    let last;
    while (!await page.evaluate(expression).catch(error => { last = error; })) {
      if (Date.now() > end) {
        throw new Error(`it is never true that ${expression}${last ? `; ${last.message}` : ''}`);
      }

      await page.waitForTimeout(50);
    }
  },
  async click({ selector, accept: yes = false }) {
    accept = yes;
    await page.locator(selector).first().click();
  },
  async hover({ selector, at }) {
    await page.mouse.move(...await point(selector, at), { steps: 4 });
  },
  async drag({ selector, from, to }) {
    await page.mouse.move(...await point(selector, from));
    await page.mouse.down();
    await page.mouse.move(...await point(selector, to), { steps: 8 });
    await page.mouse.up();
  },
  requests: () => requests,
  problems: () => problems,
  async screenshot({ path, full = false }) {
    await page.screenshot({ path, fullPage: full });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: name, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ id, value: await commands[name](given) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ id, error: String(error.message ?? error) }));
  }
}

await browser.close();
