// A person at a browser of their own: signs in, follows links, fills forms; whatever the page complains about is kept.
import assert from "node:assert/strict";
import { statSync } from "node:fs";

/** A picture of the README is loaded by everybody who reads it. */
const PICTURE_BYTES_MAX = 300_000;
const WIDE = { width: 1280, height: 900 };

export class Person {
  /** Opens a browser window for `username`, not signed in yet. `options` are those of a browser context. */
  static async sit(house, username, options = {}) {
    const context = await house.browser.newContext({
      baseURL: house.url,
      viewport: WIDE,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      colorScheme: "light",
      ...options,
    });
    context.setDefaultTimeout(10_000);
    const person = new Person(house, username, context);
    person.page = await context.newPage();
    person.listen();
    house.people.push(person);
    return person;
  }

  /** Opens a window and signs in through the sign-in page. */
  static async enter(house, username, options = {}) {
    const person = await Person.sit(house, username, options);
    await person.open("/");
    await person.signIn();
    return person;
  }

  /** A second window of the same person, whose complaints are the person's. */
  async beside() {
    const other = new Person(this.house, this.username, this.context);
    other.complaints = this.complaints;
    other.page = await this.context.newPage();
    other.listen();
    return other;
  }

  constructor(house, username, context) {
    Object.assign(this, { house, username, context, complaints: [] });
  }

  listen() {
    this.page.on("pageerror", (error) => this.complaints.push(`script: ${error.message}`));
    this.page.on("console", (message) => {
      // The browser notes a page that answers 4xx; the test reads the status of each page itself.
      const status =
        message.text().startsWith("Failed to load resource") && message.location().url === this.page.url();
      if (message.type() === "error" && !status) this.complaints.push(`console: ${message.text()}`);
    });
  }

  async signIn(password = "demo") {
    await this.page.getByLabel("用户名").fill(this.username);
    await this.page.getByLabel("密码").fill(password);
    await this.press("登录");
    assert.equal(this.path(), "/", `${this.username} is signed in`);
    this.organisation = await this.page.locator(".person small").innerText();
  }

  /** Goes to an address; the page must answer `status`. */
  async open(path, status = 200) {
    const response = await this.page.goto(path);
    assert.equal(response.status(), status, `${this.username} ${path}`);
    return response;
  }

  path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search.replace(/[?&]done=[a-z-]+/, "");
  }

  main() {
    return this.page.locator("main");
  }

  /** Follows a link of the rail. */
  async rail(name) {
    await this.turned(() => this.page.locator(".rail").getByRole("link", { name, exact: true }).click());
  }

  /** Follows a link in the page. */
  async follow(name, within = this.main()) {
    await this.turned(() => within.getByRole("link", { name, exact: typeof name === "string" }).first().click());
  }

  /** Presses a button of the page: a form is sent and the next page read. */
  async press(name) {
    await this.turned(() => this.main().getByRole("button", { name, exact: true }).click());
  }

  /** Whatever `act` does, a new page must come of it. */
  async turned(act) {
    const loaded = this.page.waitForEvent("load");
    await act();
    await loaded;
  }

  /** The first field of the page's form with a label, with or without the remark that it may be left out. */
  field(label) {
    const plain = label.replace(/[()]/g, "\\$&");
    return this.main().getByLabel(new RegExp(`^\\s*${plain}\\s*(（选填）\\s*)?$`)).first();
  }

  async fill(label, text) {
    await this.field(label).fill(text);
  }

  /** Types an amount in yuan. */
  async fillYuan(label, amount) {
    await this.field(label).fill(amount);
    await this.main().getByLabel(`${label}: 万元 / 元`).selectOption("yuan");
  }

  async choose(label, option) {
    await this.field(label).selectOption(option);
  }

  /** The exact amount behind a figure at the head of the page. */
  async figure(label) {
    const term = this.page.locator("dt").getByText(label, { exact: true });
    const shown = this.page.locator(".figures > div", { has: term }).locator("dd").first();
    const exact = shown.locator("[title]");
    return (await exact.count()) ? exact.getAttribute("title") : shown.innerText();
  }

  /** A fact of a definition grid. */
  fact(label) {
    const term = this.page.locator("dt").getByText(label, { exact: true });
    return this.page.locator(".facts > div", { has: term }).locator("dd").first();
  }

  async says(...texts) {
    for (const text of texts) {
      const found = this.main().getByText(text).first();
      await found.waitFor({ state: "attached" }).catch(async () => {
        const instead = (await this.page.getByRole("alert").allInnerTexts()).join(" / ");
        const message = `${this.username} ${this.path()} does not say ${text}, but: ${instead}`;
        throw new assert.AssertionError({ message });
      });
    }
  }

  /** Reads a page again until `seen` is true: what the other services learn by events takes a moment. */
  async until(what, seen) {
    for (const began = Date.now(); Date.now() - began < 20_000; ) {
      if (await seen()) return;
      await this.page.waitForTimeout(300);
      await this.page.reload();
    }
    throw new assert.AssertionError({ message: `${this.username} waited in vain for ${what}` });
  }

  /** A picture of the whole page for the reader of a test run. */
  async shot(name) {
    await this.page.evaluate(() => scrollTo(0, 0)).catch(() => {});
    await this.page.screenshot({ path: `${this.house.shots}/${name}.png`, fullPage: true });
  }

  /** What one sees of the page without scrolling: a picture of the README, taken only when they are to be renewed. */
  async picture(name, height) {
    const { pictures } = this.house;
    if (!pictures) return;
    const path = `${pictures}/${name}.png`;
    await this.page.setViewportSize({ ...WIDE, height });
    await this.page.screenshot({ path });
    await this.page.setViewportSize(WIDE);
    const size = statSync(path).size;
    assert.ok(size < PICTURE_BYTES_MAX, `${path} has ${size} bytes`);
  }

  async leave() {
    await this.context.close();
    this.house.people = this.house.people.filter((one) => one !== this);
    assert.deepEqual(this.complaints, [], `${this.username}'s pages complained`);
  }
}
