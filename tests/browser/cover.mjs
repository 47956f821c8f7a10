// Steps 4 and 5 of the story: insurance on the patent and on the loan, the regulator's view, and who sees nothing.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";
import { fen, yuan } from "./money.mjs";

const UNDERWRITER = "underwriter@insurer-a.demo";
const EXAMINER = "examiner@regulator.demo";
const OTHER_OFFICER = "officer@bank-b.demo";

/** A day so many days from now, as a date field takes it. */
function day(days) {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
}

async function quote(underwriter, product, fill) {
  await underwriter.rail("报价");
  await underwriter.follow("新建报价");
  await underwriter.follow(product);
  await fill();
  await underwriter.fill("起保日", day(0));
  await underwriter.press("计算报价");
  await underwriter.says("报价已生成", "保费构成");
}

async function bound(underwriter) {
  const premium = fen((await underwriter.fact("保险费（元）").innerText()).split("\n")[0]);
  assert.ok(premium > 0n, "a premium");
  await underwriter.press("承保出单");
  await underwriter.says("保单已承保", "保障中");
  return underwriter.path();
}

/** Step 4. */
export async function underwriterCoversPatentAndLoan(house, told) {
  const underwriter = await Person.enter(house, UNDERWRITER);
  await quote(underwriter, /专利执行保险/, async () => {
    await underwriter.choose("被保险人", { label: told.finance.organisation });
    await underwriter.fill("专利号", told.number);
    await underwriter.fillYuan("每次赔偿限额", "300,000");
    await underwriter.fillYuan("累计赔偿限额", "500,000");
    await underwriter.fill("终保日", day(364));
    await underwriter.shot("4-1-quote-enforcement");
  });
  await underwriter.shot("4-2-quoted");
  told.policy = await bound(underwriter);
  await underwriter.shot("4-3-policy");

  await quote(underwriter, /保证保险/, async () => {
    const loan = underwriter.field("贷款");
    // The insurer learns of the loan and of what was repaid by their events.
    const offered = async () => {
      const options = await loan.locator("option").allInnerTexts();
      return options.find((text) => text.includes(told.loanNumber) && text.includes(yuan(told.outstanding)));
    };
    await underwriter.until("the loan at the insurer", offered);
    await underwriter.choose("贷款", { label: await offered() });
    await underwriter.choose("被保险人", { label: told.finance.organisation });
    await underwriter.fillYuan("每次赔偿限额", yuan(told.outstanding));
    await underwriter.fillYuan("累计赔偿限额", yuan(told.outstanding));
    await underwriter.fill("终保日", day(360));
    await underwriter.shot("4-4-quote-guarantee");
  });
  await bound(underwriter);
  await underwriter.shot("4-5-guarantee");
  await underwriter.leave();
}

/** Step 5: from the market's overview to the bank, its line, the member and the loan; the bank's own figures. */
export async function examinerDrillsDownToTheLoan(house, told) {
  const examiner = await Person.enter(house, EXAMINER);
  await examiner.rail("市场概览");
  await examiner.says("分银行", "产业与银行余额分布", "最大借款人");
  await examiner.shot("5-1-overview");
  await examiner.picture("supervision", 1180);
  await examiner.follow(/巴山银行/);
  await examiner.follow(/./, examiner.main().locator(`tbody th:has(a[href="/supervision${told.facility}"])`));
  await examiner.until("the line's figures", async () => fen(await examiner.figure("已用（万元）")) === told.line.drawn);
  assert.equal(fen(await examiner.figure("可用（万元）")), told.line.left);
  await examiner.shot("5-2-line");
  await examiner.follow(told.finance.organisation);
  await examiner.follow(told.loanNumber);
  await examiner.until("the repayment", async () => fen(await examiner.figure("余额")) === told.outstanding);
  await examiner.says("活动记录", "放款");
  await examiner.shot("5-3-loan");
  await examiner.leave();
}

/** Bank B's officer finds nothing of bank A's line and loan, nor does another borrower of the loan. */
export async function otherBankSeesNothing(house, told) {
  const other = await Person.enter(house, OTHER_OFFICER);
  for (const path of [told.facility, told.loan, told.application, told.pledge, told.valuation, told.policy]) {
    await other.open(path, 404);
    await other.says("没有找到");
  }
  await other.shot("5-4-other-bank");
  await other.open("/");
  await other.page.locator("#search").fill(told.loanNumber);
  await other.turned(() => other.page.locator("#search").press("Enter"));
  await other.says("没有找到");
  await other.leave();
}
