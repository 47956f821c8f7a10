// Habits of the console: the keyboard, languages, themes, refusals, paper, no scripts, leaving.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";
import { accessible } from "./checks.mjs";

const OFFICER = "officer@bank-a.demo";
const HAN = /\p{Script=Han}/u;

/** Signing in, searching and walking a list without a mouse. */
export async function theKeyboardSuffices(house, told) {
  const officer = await Person.sit(house, OFFICER);
  const { page } = officer;
  await officer.open("/");
  // The cursor stands in the first field of the sign-in page, once the browser has put it there.
  await page.waitForFunction(() => document.activeElement?.name === "username");
  await page.keyboard.type(OFFICER);
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo");
  await officer.turned(() => page.keyboard.press("Enter"));
  await officer.says("今日待办");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "first the way past the frame");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search", "/ goes to the search");
  await page.keyboard.type(told.number);
  await officer.turned(() => page.keyboard.press("Enter"));
  await officer.says(told.number);
  await page.keyboard.press("j");
  await officer.turned(() => page.keyboard.press("Enter"));
  assert.equal(officer.path(), told.patent, "the search finds the patent by its number");
  await officer.open("/patents");
  for (const key of ["j", "j", "k"]) await page.keyboard.press(key);
  const first = page.locator("main tbody tr").first();
  assert.match(await first.getAttribute("class"), /here/);
  const there = await first.getByRole("link").first().getAttribute("href");
  await officer.turned(() => page.keyboard.press("Enter"));
  assert.equal(officer.path(), there);
  await officer.leave();
}

/** What the console itself says on a page, without names and texts that people entered. */
function words(page) {
  const places = [".rail a", ".rail h2", "h2", "dt", "thead th", ".field label", ".filters label > span",
    "button:not([lang])", ".actions a", ".badge"];
  return page.locator(places.join(", ")).evaluateAll((nodes) => nodes.map((node) => node.textContent.trim()));
}

/** The switch changes every word of the console, and it stays so. */
export async function everythingIsSaidInEnglishToo(house, told) {
  const officer = await Person.enter(house, OFFICER);
  await officer.turned(() => officer.page.getByRole("button", { name: "English" }).click());
  assert.equal(await officer.page.locator("html").getAttribute("lang"), "en");
  const pages = ["/", "/patents", told.patent, `${told.patent}/value`, told.valuation, "/facilities", told.facility,
    told.application, told.pledge, told.loan, "/ledger", "/trials", "/policies", "/applications/no-such"];
  const missing = [];
  for (const path of pages) {
    const { status } = await officer.page.goto(path).then((response) => ({ status: response.status() }));
    assert.ok(status === 200 || path.endsWith("no-such"), `${path} answers ${status}`);
    const said = await words(officer.page);
    missing.push(...said.filter((text) => HAN.test(text) && !text.includes("演示")).map((text) => `${path}: ${text}`));
  }
  assert.deepEqual(missing, [], "words without English");
  await officer.open(told.valuation);
  await officer.shot("7-english-valuation");
  await officer.turned(() => officer.page.getByRole("button", { name: "中文" }).click());
  assert.equal(await officer.page.locator("html").getAttribute("lang"), "zh-CN");
  assert.equal(officer.path(), told.valuation, "one stays on the page");
  await officer.leave();
}

/** The dark theme is chosen or follows the machine, and reads as well as the light one. */
export async function theDarkThemeReadsAsWell(house, told) {
  const examiner = await Person.enter(house, "examiner@regulator.demo");
  await examiner.turned(() => examiner.page.getByRole("button", { name: "深色" }).click());
  assert.equal(await examiner.page.locator("html").getAttribute("data-theme"), "dark");
  const pages = [["overview", "/supervision"], ["facility", told.facility], ["loan", told.loan], ["patents", "/patents"]];
  for (const [name, path] of pages) {
    await examiner.open(path);
    const colour = await examiner.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const shade = colour.match(/\d+/g).map(Number);
    assert.ok(Math.max(...shade) < 64, `${path} is dark: ${shade}`);
    await accessible(examiner.page, `${path} in the dark`);
    await examiner.shot(`7-dark-${name}`);
  }
  await examiner.turned(() => examiner.page.getByRole("button", { name: "浅色" }).click());
  assert.equal(await examiner.page.locator("html").getAttribute("data-theme"), "light");
  await examiner.leave();

  const officer = await Person.enter(house, OFFICER, { colorScheme: "dark" });
  for (const [name, path] of [["valuation", told.valuation], ["request", `${told.patent}/value`]]) {
    await officer.open(path);
    await accessible(officer.page, `${path} where the machine is dark`);
    await officer.shot(`7-dark-${name}`);
  }
  await officer.leave();
}

/** A refused form says what is wrong at the field and keeps what was typed. */
export async function refusedFormsKeepWhatWasTyped(house, told) {
  const officer = await Person.enter(house, OFFICER);
  await officer.open(`${told.patent}/value`);
  await officer.fill("年销售收入", "三百");
  await officer.fill("许可费率", "3.5");
  await officer.press("申请估值");
  await officer.says("未能办理，已填内容保留如下");
  const bad = officer.field("年销售收入");
  assert.equal(await bad.inputValue(), "三百");
  assert.equal(await bad.getAttribute("aria-invalid"), "true");
  assert.equal(await officer.field("许可费率").inputValue(), "3.5");
  await officer.says("请填写数字，最多精确到分");
  await accessible(officer.page, "a refused form");
  await officer.shot("7-form-refused");
  // What is typed is read back at once, and sent twice it acts once.
  await bad.fill("1234.5");
  assert.match(await officer.main().locator("output").first().innerText(), /12,345,000\.00 元/);
  await officer.leave();

  const { finance, facility } = told;
  await finance.open(`${facility}/draw`);
  await finance.fill("金额", "100000");
  await finance.press("下一步：核对");
  await finance.press("确认办理");
  await finance.says("未能办理，已填内容保留如下", "余额不足");
  assert.equal(await finance.field("金额").inputValue(), "100000");
  await finance.shot("7-draw-refused");
}

/** Pages that are not there or not one's own say so. */
export async function missingAndForbiddenPagesSayWhatToDo(house, told) {
  const officer = await Person.enter(house, OFFICER);
  for (const [path, status, text] of [
    ["/no-such-page", 404, "没有找到"], ["/patents/no-such-patent", 404, "没有找到"],
    ["/loans/00000000-0000-7000-8000-000000000000", 404, "没有找到"],
    ["/supervision", 403, "没有权限"], ["/users", 403, "没有权限"], [`${told.application}/approve`, 403, "没有权限"],
  ]) {
    await officer.open(path, status);
    await officer.says(text, "首页");
    await accessible(officer.page, path);
  }
  await officer.shot("7-forbidden");
  await officer.follow("回到首页");
  await officer.open("/patents?q=没有这样的专利");
  await officer.says("没有记录");
  await officer.leave();
}

/** Scripts are a convenience: without them everything can still be done. */
export async function everythingWorksWithoutScripts(house, told) {
  const finance = await Person.enter(house, told.finance.username, { javaScriptEnabled: false });
  await finance.page.locator("#search").fill(told.loanNumber);
  await finance.turned(() => finance.page.locator("#search").press("Enter"));
  await finance.follow(told.loanNumber);
  await finance.follow("还款");
  await finance.fillYuan("金额", "1,000.00");
  await finance.press("下一步：核对");
  await finance.says("人民币壹仟元整");
  await finance.press("确认办理");
  await finance.says("还款已入账");
  await finance.leave();
}

/** On paper there is the page and nothing to click. */
export async function pagesPrint(house, told) {
  const officer = await Person.enter(house, OFFICER);
  await officer.open(told.valuation);
  await officer.page.emulateMedia({ media: "print" });
  for (const hidden of [".top", ".rail", ".actions"]) {
    assert.equal(await officer.page.locator(hidden).isVisible(), false, `${hidden} is not printed`);
  }
  assert.ok(await officer.page.locator(".tree tbody tr").last().isVisible(), "the reasons are printed, opened or not");
  await officer.page.pdf({ path: `${house.shots}/7-valuation.pdf`, format: "A4" });
  await officer.leave();
}

/** Signing in with a wrong password, leaving, and coming back to the page one wanted. */
export async function signingOutEndsTheSession(house, told) {
  const officer = await Person.sit(house, OFFICER);
  await officer.open(told.loan);
  assert.equal(officer.path(), `/sign-in?next=${encodeURIComponent(told.loan)}`);
  await accessible(officer.page, "the sign-in page");
  await officer.shot("7-sign-in");
  await officer.page.getByLabel("用户名").fill(OFFICER);
  await officer.page.getByLabel("密码").fill("wrong");
  await officer.press("登录");
  await officer.says("未能登录");
  assert.equal(await officer.page.getByLabel("用户名").inputValue(), OFFICER);
  await officer.page.getByLabel("密码").fill("demo");
  await officer.press("登录");
  assert.equal(officer.path(), told.loan, "one comes to the page that was asked for");
  await officer.turned(() => officer.page.getByRole("button", { name: "退出" }).click());
  assert.equal(officer.path(), "/sign-in");
  await officer.open(told.loan);
  assert.match(officer.path(), /^\/sign-in/, "signed out is signed out");
  const kept = (await officer.context.cookies()).filter((cookie) => /access|refresh/.test(cookie.name));
  assert.deepEqual(kept, [], "no token is left");
  await officer.leave();
}

/** The windows left open by the story close without complaint. */
export async function nothingComplained(house) {
  for (const person of [...house.people]) await person.leave();
}
