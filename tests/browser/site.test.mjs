// The site in a real browser, opened from the disk: what people do with a checklist, the search, and what must never
// happen (a console error, a request to elsewhere, something that assistive software stumbles over).
//
// node --test site.test.mjs, with SITE (a built site), REVISIONS (one with released revisions), HOSTILE (one of hostile
// names) and CHROMIUM (the browser; /usr/bin/chromium unless said otherwise).

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sites = Object.fromEntries(["SITE", "REVISIONS", "HOSTILE"].map((name) => [name, resolve(process.env[name])]));
const CHECKLIST = "go/1.27.0/runbook/index.html";
const PAGES = {
  overview: "index.html", runtime: "go/index.html", process: "go/process/index.html", handbook: "go/1.27.0/index.html",
  checklist: CHECKLIST, part: "go/1.27.0/teams/distribution/index.html", changes: "go/1.27.0/changes/index.html",
  pairs: "go/changes/index.html", pair: "go/changes/go-1.26.7..go-1.27.0/index.html", group: "groups/2026-08-postgresql/index.html",
  teams: "teams/index.html", team: "teams/distribution/index.html", components: "components/index.html",
  component: "components/gitaly/index.html", calendar: "calendar/index.html", search: "search/index.html", missing: "404.html",
};

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
  });
});
after(() => browser.close());

const address = (path, site = "SITE") => pathToFileURL(join(sites[site], path)).href.replace("%23", "#").replace("%3F", "?");

/** Opens a page; `faults` collects what must not happen. */
async function open(path, options = {}) {
  const { site = "SITE", context: given, ...more } = options;
  const context = given ?? (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...more }));
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  // What is only ever served is served from the disk.
  await context.route("http://site.test/**", (route) => route.fulfill({ path: join(sites[site], new URL(route.request().url()).pathname) }));
  page.on("request", (request) => {
    if (request.url().startsWith("http://site.test/")) return;
    if (!request.url().startsWith("file://") && !request.url().startsWith("blob:")) faults.push(`asks ${request.url()}`);
  });
  await page.goto(path === "404.html" ? "http://site.test/404.html" : address(path, site));
  return { page, context, faults };
}

const ticked = (page) => page.$$eval(".task.ticked", (all) => all.map((one) => one.id));
const shown = (page) => page.$$eval(".task:not([hidden])", (all) => all.filter((one) => one.checkVisibility()).length);

for (const [name, path] of Object.entries(PAGES)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 1280]) {
      test(`${name}, ${colorScheme}, ${width} pixels wide`, async () => {
        const { page, context, faults } = await open(path, { viewport: { width, height: 900 }, colorScheme });
        // As a reader who has unfolded all of it.
        await page.$$eval("details", (all) => all.forEach((one) => { one.open = true; }));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
        // Evaluated from outside, where the page's policy on scripts does not hold.
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run(document, { preload: false, resultTypes: ["violations"] }));
        const told = found.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
        assert.deepEqual(told, []);
        assert.deepEqual(faults, []);
        await context.close();
      });
    }
  }
}

test("a tick is there after a reload, and counts", async () => {
  const { page, context, faults } = await open(CHECKLIST);
  const before = await page.textContent(".progress-text");
  await page.check("#task-pick-target input");
  assert.deepEqual(await ticked(page), ["task-pick-target"]);
  await page.reload();
  assert.deepEqual(await ticked(page), ["task-pick-target"]);
  assert.notEqual(await page.textContent(".progress-text"), before);
  assert.match(await page.textContent('[data-count="wave:1"]'), /^1 of /);
  await page.uncheck("#task-pick-target input");
  await page.reload();
  assert.deepEqual(await ticked(page), []);
  assert.equal(await page.textContent(".progress-text"), before);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a task says what blocks it, and leads there", async () => {
  const { page, context } = await open(CHECKLIST);
  const waits = page.locator("#task-dry-run .waits");
  const need = await waits.locator("a").first().getAttribute("href");
  await waits.locator("a").first().click();
  assert.equal(new URL(page.url()).hash, need);
  for (const id of await page.$$eval("#task-dry-run .waits a", (all) => all.map((one) => one.getAttribute("href").slice(1)))) {
    await page.locator(`[id="${id}"] input`).check();
  }
  assert.equal(await waits.count(), 0);
  await context.close();
});

test("filters leave what was asked for", async () => {
  const { page, context } = await open(CHECKLIST);
  const all = await shown(page);
  await page.selectOption("select[name=team]", "gitaly");
  const own = await shown(page);
  assert.ok(own > 0 && own < all);
  assert.deepEqual(await page.$$eval(".task", (tasks) => [...new Set(tasks.filter((task) => task.checkVisibility()).map((task) => task.dataset.team))]), ["gitaly"]);
  await page.selectOption("select[name=team]", "");
  await page.fill(".tools input[name=text]", "kas build");
  assert.ok((await shown(page)) > 0 && (await shown(page)) < own + all);
  await page.fill(".tools input[name=text]", "no such words anywhere");
  assert.equal(await shown(page), 0);
  await page.click("text=Clear");
  assert.equal(await shown(page), all);
  await page.selectOption("select[name=wave]", "5");
  assert.equal(await page.$$eval(".wave", (waves) => waves.filter((wave) => wave.checkVisibility()).length), 1);
  await page.selectOption("select[name=wave]", "");
  await page.check("#task-pick-target input");
  await page.selectOption("select[name=state]", "done");
  assert.equal(await shown(page), 1);
  await context.close();
  const asked = await open(`${CHECKLIST}?team=gitaly`);
  assert.equal(await shown(asked.page), own);
  await asked.context.close();
});

test("filters stand in the address, so that a reload and a copied address show the same", async () => {
  const { page, context, faults } = await open(`${CHECKLIST}?mail=1#task-pick-target`);
  await page.selectOption("select[name=team]", "gitaly");
  await page.fill(".tools input[name=text]", "build & <b>");
  await page.fill(".tools input[name=text]", "build");
  const own = await shown(page);
  await page.waitForURL(/\?mail=1&team=gitaly&text=build#task-pick-target$/);
  await page.reload();
  assert.equal(await page.inputValue("select[name=team]"), "gitaly");
  await page.evaluate(() => { location.hash = ""; });
  await page.reload();
  assert.equal(await shown(page), own);
  await page.click("text=Clear");
  await page.waitForURL(/\?mail=1(#.*)?$/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a team's part says which tasks of other teams block its own", async () => {
  const { page, context, faults } = await open("go/1.27.0/teams/distribution/index.html");
  const own = await page.$$eval(".task", (tasks) => tasks.map((task) => task.id));
  const links = await page.$$eval(".waits a", (all) => all.map((one) => [one.getAttribute("href"), one.textContent]));
  const elsewhere = links.find(([, id]) => !own.includes(`task-${id}`));
  assert.equal(elsewhere[0], `../../runbook/index.html#task-${elsewhere[1]}`);
  const count = await page.locator(".waits a", { hasText: elsewhere[1] }).count();
  await page.locator(".waits a", { hasText: elsewhere[1] }).first().click();
  await page.waitForURL(/runbook/);
  await page.locator(`[id="task-${elsewhere[1]}"] input`).check();
  await page.goBack();
  await page.waitForURL(/distribution/);
  await page.locator(".task").first().waitFor();
  assert.ok((await page.locator(".waits a", { hasText: elsewhere[1] }).count()) < count);
  assert.deepEqual(faults, []);
  await context.close();
});

test("an address leads to a task that a filter hides", async () => {
  const { page, context, faults } = await open(CHECKLIST);
  await page.fill(".tools input[name=text]", "retrospective");
  assert.ok(!(await page.isVisible("#task-pick-target")));
  await page.evaluate(() => { location.hash = "#task-pick-target"; });
  await page.locator("#task-pick-target").waitFor({ state: "visible" });
  await page.evaluate(() => { location.hash = "#%E0%A4%A"; });
  assert.deepEqual(faults, []);
  await context.close();
});

test("two pages of one checklist lose no tick", async () => {
  const { page, context } = await open(CHECKLIST);
  const part = await open("go/1.27.0/teams/distribution/index.html", { context });
  await part.page.check("#task-pick-target input");
  await page.locator('[id="task-open-issue/kas"] input').check();
  assert.deepEqual((await ticked(page)).sort(), ["task-open-issue/kas", "task-pick-target"]);
  await context.close();
});

test("single keys can be switched off", async () => {
  const { page, context } = await open(CHECKLIST);
  await page.click(".tools .help");
  await page.uncheck("dialog input[type=checkbox]");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  assert.equal(await page.locator(".task.here").count(), 0);
  await context.close();
});

test("the keyboard reaches everything", async () => {
  const { page, context, faults } = await open(CHECKLIST);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  const first = await page.$eval(".task", (task) => task.id);
  assert.deepEqual(await ticked(page), [first]);
  await page.keyboard.press("x");
  assert.deepEqual(await ticked(page), []);
  await page.keyboard.press("?");
  assert.ok(await page.isVisible("dialog >> text=next task"));
  await page.keyboard.press("j");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog").count(), 0);
  await page.keyboard.press("/");
  assert.ok(await page.isVisible("dialog input[type=search]"));
  await page.keyboard.type("gitaly");
  await page.locator("dialog .results a").first().waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  await page.keyboard.type("jkx?/");
  assert.equal(await page.inputValue(".tools input[name=text]"), "jkx?/");
  assert.deepEqual(faults, []);
  await context.close();
});

test("progress leaves as a file and comes back", async () => {
  const { page, context, faults } = await open(CHECKLIST, { acceptDownloads: true });
  await page.check("#task-pick-target input");
  await page.locator('[id="task-open-issue/kas"] input').check();
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(".tools .export")]);
  const folder = mkdtempSync(join(tmpdir(), "progress-"));
  const file = join(folder, "progress.json");
  await download.saveAs(file);
  const progress = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(progress.schema, "upshift/progress/1");
  assert.equal(progress.upgrade, "go-1.27.0");
  assert.deepEqual(Object.keys(progress.ticks).sort(), ["open-issue/kas", "pick-target"]);
  assert.deepEqual(faults, []);
  await context.close();

  const other = await open(CHECKLIST);
  await other.page.setInputFiles("input[type=file]", file);
  await other.page.locator(".banner.told").waitFor();
  assert.deepEqual((await ticked(other.page)).sort(), ["task-open-issue/kas", "task-pick-target"]);
  const bad = join(folder, "bad.json");
  const cases = [
    ["{", /Nothing was imported/],
    ['{"schema":"other"}', /holds no progress/],
    [JSON.stringify({ ...progress, upgrade: "ruby-3.4.10" }), /of the upgrade ruby-3.4.10/],
    [JSON.stringify({ ...progress, ticks: { "<img src=x onerror=alert(1)>": {}, "pick-target": { digest: "00000000" } } }), /1 of tasks that are not here; 1 changed since done/],
  ];
  for (const [text, expected] of cases) {
    writeFileSync(bad, text);
    await other.page.setInputFiles("input[type=file]", []);
    await other.page.setInputFiles("input[type=file]", bad);
    await other.page.locator(".banner.told", { hasText: expected }).waitFor();
  }
  assert.ok(await other.page.isVisible("#task-pick-target >> text=changed since done"));
  await other.page.click("#task-pick-target >> text=Still done");
  assert.equal(await other.page.locator(".chip.changed").count(), 0);
  assert.deepEqual(other.faults, []);
  await other.context.close();
});

test("a link carries progress", async () => {
  const { page, context } = await open(CHECKLIST);
  await page.check("#task-pick-target input");
  await page.evaluate(() => { document.execCommand = () => { globalThis.copied = document.querySelector("textarea").value; return true; }; });
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.click(".tools .link");
  const link = await page.evaluate(() => globalThis.copied);
  assert.match(link, /#progress=[A-Za-z0-9_-]{8}$/);
  await context.close();

  const other = await open(CHECKLIST);
  await other.page.goto(link);
  await other.page.reload();
  await other.page.click("text=Take over");
  assert.deepEqual(await ticked(other.page), ["task-pick-target"]);
  assert.equal(await other.page.locator(".chip.changed").count(), 0);
  assert.equal(new URL(other.page.url()).hash, "");
  await other.context.close();

  // The last three letters stand for what the task said.
  const changed = await open(CHECKLIST);
  await changed.page.goto(link.replace(/...$/, (end) => (end === "AAA" ? "BBB" : "AAA")));
  await changed.page.reload();
  await changed.page.click("text=Take over");
  assert.ok(await changed.page.isVisible("#task-pick-target >> text=changed since done"));
  await changed.context.close();
});

test("ticks are carried over to the next revision, and what changed since is told", async () => {
  const { page, context, faults } = await open("go/1.27.0/r1/index.html", { site: "REVISIONS" });
  assert.ok(await page.isVisible(".notice"), "a superseded revision says so");
  assert.equal(await page.getAttribute("meta[name=robots]", "content"), "noindex");
  const ids = await page.$$eval(".task:not(.settled)", (all) => all.map((one) => one.id));
  for (const id of ids) await page.locator(`[id="${id}"] input`).check();
  // One of them said something else when it was ticked.
  await page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith("upshift:ticks:"));
    const saved = JSON.parse(localStorage.getItem(key));
    saved.ticks[Object.keys(saved.ticks)[0]].digest = "00000000";
    localStorage.setItem(key, JSON.stringify(saved));
  });
  await page.click(".notice a");
  await page.waitForURL(/\/r2\//);
  await page.click("text=Carry over");
  assert.ok((await ticked(page)).length > 0);
  assert.ok((await page.locator(".chip.changed").count()) >= 1);
  assert.match(await page.textContent(".banner.told"), /changed since done/);
  await page.reload();
  assert.equal(await page.locator("text=Carry over").count(), 0, "what was answered is not asked again");
  // Nor is it where somebody has begun to tick, and says no.
  await page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.endsWith("/r2"));
    localStorage.setItem(key, JSON.stringify({ ticks: { "a-task-that-is-gone": { digest: "", on: "" } } }));
  });
  await page.reload();
  assert.match(await page.textContent(".banner"), /^You ticked \d+ tasks? in r1; \d+ (is|are) not ticked here\./);
  await page.click("text=No, thanks");
  await page.reload();
  assert.equal(await page.locator(".banner").count(), 0);
  assert.deepEqual(await ticked(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the search finds what is unfinished or misspelled, and runs nothing", async () => {
  const { page, context, faults } = await open("search/index.html");
  const find = async (query) => {
    await page.fill(".search-box input", query);
    await page.waitForFunction(() => document.querySelector(".results").childElementCount > 0);
    return page.$$eval(".results a", (all) => all.map((one) => one.textContent));
  };
  assert.ok((await find("gita")).some((text) => text.startsWith("Gitaly")), "unfinished");
  assert.ok((await find("giatly")).some((text) => text.startsWith("Gitaly")), "two letters swapped");
  assert.ok((await find("alertmanagr")).some((text) => /alertmanager/i.test(text)), "a letter missing");
  assert.ok((await find("1.27")).some((text) => text.startsWith("Go 1.27.0")), "a version");
  assert.ok((await find("kas bump")).length > 0, "two words");
  for (const query of ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "constructor __proto__", "\\", "(((((", "%00"]) {
    await find(query).catch(() => []);
    assert.equal(await page.locator(".results img, .results script").count(), 0);
  }
  await find("gitaly");
  await page.keyboard.press("Enter");
  await page.waitForURL(/index\.html/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("names that are markup stay names", async () => {
  for (const path of ["index.html", "components/index.html", "teams/index.html", "calendar/index.html"]) {
    const { page, context, faults } = await open(path, { site: "HOSTILE" });
    assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
    const links = await page.$$eval("main a[href]", (all) => all.map((one) => one.getAttribute("href")));
    assert.deepEqual(links.filter((link) => /^\s*(javascript|data|vbscript):/i.test(link)), []);
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test("everything is there without scripts", async () => {
  const { page, context } = await open(CHECKLIST, { javaScriptEnabled: false });
  assert.equal(await page.locator(".task").count(), await page.locator(".task input").count());
  assert.ok(await page.isVisible("#task-pick-target"));
  assert.equal(await page.locator("button").count(), 0);
  await context.close();
});

test("the colours are the reader's choice", async () => {
  const { page, context } = await open("index.html", { colorScheme: "light" });
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await back();
  await page.click("button.theme");
  const dark = await back();
  assert.notEqual(dark, light);
  await page.reload();
  assert.equal(await back(), dark);
  await context.close();
});
