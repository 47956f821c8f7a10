// Every page of every role: it opens, fits a telephone and a desk, reads well to everybody and complains of nothing.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";
import { accessible, fits } from "./checks.mjs";

const PEOPLE = [
  "officer@bank-a.demo", "approver@bank-a.demo", "operations@bank-a.demo", "risk@bank-a.demo", "officer@bank-b.demo",
  "risk@bank-b.demo", "manager@fund-a.demo",
  "officer@bank-c.demo", "approver@bank-c.demo", "finance@enterprise-1.demo", "underwriter@insurer-a.demo", "claims@insurer-a.demo",
  "claims-approver@insurer-a.demo", "transfer-office@university-a.demo", "inventor@university-a.demo", "admin@university-a.demo",
  "evaluator@enterprise-1.demo", "operator@cluster-a.demo",
  "examiner@regulator.demo", "admin@platform.demo",
];
/** Files, and sorted or further pages of a list that is looked at anyway. */
const SKIPPED = /\/export\b|[?&](sort|cursor|limit)=|\/certificate(\?|$)|\/file(\?|$)|\/settlement\/file|\/content(\?|$)|\/report(\?|$)/;
/** A page that takes longer than this, in a debug build on a busy machine, has lost an index or asks too often. */
const SLOWEST_MS = 5_000;
/** Windows that a person's pages are looked at in side by side. */
const WINDOWS = 2;

/** What kind of page an address is: its ids do not matter, nor what a list is filtered by. */
function kind(path) {
  const url = new URL(path, "http://console");
  const filters = [...url.searchParams.keys()].join(",");
  const place = url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/^\/products\/.+/, "/products/CODE");
  return filters ? `${place}?${filters}` : place;
}

/** The pages that a page's text leads to. */
function leads(html) {
  const links = [...html.matchAll(/<a [^>]*?href="(\/[^"]*)"/g)].map((link) => link[1]);
  return links.map((link) => link.replaceAll("&amp;", "&").replaceAll("&#38;", "&"));
}

/** Walks through everything that a role's pages lead to, one page of each kind; what is wrong with them. */
async function walk(house, username, known) {
  const person = await Person.enter(house, username);
  const windows = [person];
  while (windows.length < WINDOWS) windows.push(await person.beside());
  const rail = leads(await person.page.locator(".rail").innerHTML());
  const seen = new Set();
  const wrong = [];
  const ways = [...rail];

  /** The next page of a kind not seen yet. */
  const next = () => {
    while (ways.length) {
      const path = ways.shift();
      const page = kind(path);
      if (seen.has(page) || SKIPPED.test(path)) continue;
      seen.add(page);
      return { path, page };
    }
    return undefined;
  };
  const visit = async (window, { path, page }) => {
    try {
      const shown = !known.has(page) || rail.includes(path);
      ways.push(...leads(await (shown ? look(window, path, page, known) : fetch(window, path))));
    } catch (error) {
      wrong.push(`${username} ${path}: ${error.message}`);
    }
  };
  for (;;) {
    const taken = windows.map((window) => ({ window, way: next() })).filter(({ way }) => way);
    if (!taken.length) break;
    await Promise.all(taken.map(({ window, way }) => visit(window, way)));
  }
  await person.leave();
  return { seen, wrong };
}

/** Reads a page without drawing it. */
async function fetch(person, path) {
  const response = await person.context.request.get(path, { headers: { accept: "text/html" } });
  assert.equal(response.status(), 200);
  return response.text();
}

/** Opens a page; the first time a page of its kind is seen it is measured and read by axe, too. */
async function look(person, path, page, known) {
  const began = performance.now();
  await person.open(path);
  const took = performance.now() - began;
  const html = await person.page.content();
  if (known.has(page)) return html;
  known.set(page, took);
  assert.ok(took < SLOWEST_MS, `it took ${took.toFixed(0)} ms`);
  assert.ok((await person.page.locator(".rail a[aria-current]").count()) <= 1, "the rail says once where one is");
  await accessible(person.page, path);
  await fits(person.page, path);
  return html;
}

/** Every page of every role. */
export async function everyPageOfEveryRoleOpens(house) {
  const known = new Map();
  const wrong = [];
  for (const username of PEOPLE) {
    const began = Date.now();
    const walked = await walk(house, username, known);
    assert.ok(walked.seen.size >= 4, `${username} has pages`);
    wrong.push(...walked.wrong);
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(5);
    console.log(`     ${seconds} s  ${username}: ${walked.seen.size} kinds of page`);
  }
  const slowest = [...known].sort((one, other) => other[1] - one[1]).slice(0, 3);
  console.log(`     slowest: ${slowest.map(([page, took]) => `${page} ${took.toFixed(0)} ms`).join(", ")}`);
  assert.deepEqual(wrong, [], "pages that do not pass");
}

/** A telephone's view of the pages that a borrower and an officer open on the way. */
export async function pagesAreUsableOnATelephone(house, told) {
  const telephone = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };
  const finance = await Person.enter(house, told.finance.username, telephone);
  const pages = [
    ["start", "/"], ["facility", told.facility], ["draw", `${told.facility}/draw`], ["loan", told.loan],
    ["apply", "/applications/new"],
  ];
  for (const [name, path] of pages) {
    await finance.open(path);
    const wider = await finance.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, `${path} is ${wider} px too wide for a telephone`);
    await finance.shot(`6-telephone-${name}`);
  }
  await finance.leave();
}
