// Steps 1 to 3 of the story: a patent is valued, an enterprise applies, two people of the bank lend, money moves.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";
import { fen, yuan } from "./money.mjs";

const OFFICER = "officer@bank-a.demo";
const APPROVER = "approver@bank-a.demo";
const OPERATIONS = "operations@bank-a.demo";
/** Borrowers in the order in which they are looked at; the fourth and the sixth have an application under way. */
const BORROWERS = [2, 5, 7, 3, 1, 8, 4, 6].map((number) => `finance@enterprise-${number}.demo`);
const ASKED = 20_000_000n;
const DRAWN = 10_000_001n;
const REPAID = 2_000_000n;

/** A member of the facility with room for the loan; `told` keeps what the steps hand on. */
async function borrower(house, told, tried) {
  for (const username of BORROWERS.filter((one) => !tried.has(one))) {
    tried.add(username);
    const finance = await Person.enter(house, username);
    if (fen(await finance.figure("可用（万元）")) >= ASKED * 2n) return Object.assign(told, { finance });
    await finance.leave();
  }
  throw new assert.AssertionError({ message: "no enterprise has room for a loan and a patent for it" });
}

/** Searches the catalogue for what the enterprise owns and could pledge; addresses of the patents found. */
async function search(officer, applicant) {
  await officer.rail("专利");
  const filters = officer.page.locator(".filters");
  await filters.getByLabel("申请人", { exact: true }).fill(applicant);
  await filters.getByLabel("法律状态").selectOption({ label: "授权有效" });
  await filters.getByLabel("质押情况").selectOption({ label: "未质押" });
  await officer.turned(() => filters.getByRole("button", { name: "查询" }).click());
  await officer.shot("1-1-catalogue");
  const links = officer.main().locator("tbody th a");
  return links.evaluateAll((found) => found.map((link) => new URL(link.href).pathname));
}

/** Opens a patent and asks for its valuation; whether it carries the loan. */
async function valued(officer, path) {
  await officer.open(path);
  const paid = (await officer.fact("年费状态").innerText()).includes("已付");
  const disputed = await officer.main().getByRole("heading", { name: "争议与诉讼" }).count();
  if (!paid || disputed) return false;
  await officer.shot("1-2-patent");
  await officer.follow("申请估值");
  await officer.fillYuan("年销售收入", "12,000,000");
  await officer.shot("1-3-request");
  await officer.press("申请估值");
  return fen(await officer.figure("最高可贷（万元）")) >= ASKED;
}

/** Step 1. */
export async function patentIsValuedAndExplained(house, told) {
  const officer = (told.officer = await Person.enter(house, OFFICER));
  await officer.shot("0-start");
  await officer.picture("start", 720);
  for (const tried = new Set(); !told.valuation; ) {
    await borrower(house, told, tried);
    for (const path of (await search(officer, told.finance.organisation)).slice(0, 6)) {
      if (!(await valued(officer, path))) continue;
      Object.assign(told, { patent: path, valuation: officer.path() });
      break;
    }
    if (!told.valuation) await told.finance.leave();
  }
  await officer.says("估值已完成", "评分构成", "价值区间", "蒙特卡洛模拟", "如何提高评分", "使用限制");
  await explained(officer);
  told.maximum = fen(await officer.figure("最高可贷（万元）"));
  const value = fen(await officer.figure("评估价值（万元）"));
  const collateral = fen(await officer.figure("质物价值（万元）"));
  assert.ok(told.maximum <= collateral && collateral <= value, `${told.maximum} ≤ ${collateral} ≤ ${value}`);
  await officer.shot("1-4-valuation");
  await officer.open(told.valuation);
  await officer.picture("valuation", 1180);
  await officer.follow("查看专利");
  told.number = await officer.page.locator(".marks .number").innerText();
}

/** Three indices, whose leaves say their reasons, and whose parts add up to the score. */
async function explained(officer) {
  const tree = officer.page.locator(".tree > details");
  assert.equal(await tree.count(), 3, "three indices");
  const leaves = await tree.locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
  assert.ok(leaves.length >= 15, `${leaves.length} leaves`);
  for (const leaf of leaves) {
    assert.ok(leaf[1].includes("缺失") || leaf.at(-1).length > 5, `${leaf[0]} has no reason`);
  }
  const parts = leaves.reduce((sum, leaf) => sum + (Number.parseFloat(leaf.at(-2)) || 0), 0);
  const score = Number.parseFloat(await officer.figure("评分"));
  assert.ok(Math.abs(parts - score) < 0.2, `${parts} are the parts of ${score}`);
  // The reasons stand behind the second level; a click opens them.
  await tree.first().locator("details > summary").first().click();
  assert.ok(await tree.first().locator("tbody tr").first().isVisible(), "a click opens the reasons");
}

/** Step 2. */
export async function enterpriseAppliesAndSeesWhatStandsInTheWay(house, told) {
  const { finance } = told;
  await finance.rail("集合授信");
  await finance.turned(() => finance.main().getByRole("row", { name: /有效/ }).first().getByRole("link").first().click());
  told.facility = finance.path();
  await finance.shot("2-1-facility");
  await finance.follow("申请融资");
  await finance.fillYuan("金额", yuan(ASKED));
  await finance.fill("期限（月）", "12");
  await finance.fill("资金用途", "采购原材料，补充流动资金");
  const boxes = finance.main().getByRole("group", { name: "质押专利" }).locator("label");
  await boxes.filter({ hasText: "已质押" }).first().locator("input").check();
  await finance.press("核查准入条件");
  await finance.says("目前不符合准入条件", "准入核查", "必须补正");
  const hindrance = finance.main().locator("tbody tr", { hasText: "必须补正" }).first();
  for (const cell of [1, 2]) {
    assert.ok((await hindrance.locator("td").nth(cell - 1).innerText()).length > 5, "a reason and a cure");
  }
  assert.equal(await finance.field("资金用途").inputValue(), "采购原材料，补充流动资金", "what was typed is kept");
  await finance.shot("2-2-ineligible");
  await boxes.locator("input:checked").first().uncheck();
  await boxes.filter({ hasText: told.number }).locator("input").check();
  await finance.press("核查准入条件");
  await finance.says("符合准入条件，可以提交申请");
  const declarations = finance.main().getByRole("group", { name: "知悉并声明" });
  for (const declared of await declarations.locator("input").all()) await declared.check();
  await finance.press("提交申请");
  await finance.says("申请已提交，银行将进行评审");
  told.application = finance.path();
  await finance.shot("2-3-application");
}

/** Step 3, the first half: the officer assesses, another person approves, operations registers the pledge. */
export async function bankAssessesApprovesAndRegisters(house, told) {
  const { officer, application } = told;
  await officer.rail("待办");
  await officer.follow("待评审的融资申请");
  await officer.follow(/./, officer.main().locator(`tbody tr:has(a[href="${application}"]) th`));
  await officer.follow("评审");
  await officer.fillYuan("建议金额", yuan(ASKED));
  await officer.fill("评审意见", "经营正常，专利与主营产品相关，建议同意。");
  await officer.shot("3-1-assess");
  await officer.press("评审");
  await officer.says("评审意见已提交，等待审批人审批");
  // Whoever assessed may not approve: there is no button, and the address is closed.
  assert.equal(await officer.main().getByRole("link", { name: "审批", exact: true }).count(), 0, "no button to approve");
  await officer.open(`${application}/approve`, 403);
  await officer.says("没有权限");
  await officer.shot("3-2-no-right-to-approve");

  const approver = await Person.enter(house, APPROVER);
  await approver.follow("待审批的融资申请");
  await approver.follow(/./, approver.main().locator(`tbody tr:has(a[href="${application}"]) th`));
  await approver.follow("审批");
  await approver.says("经办人", "额度占用（万元）", "建议同意");
  await approver.shot("3-3-approve");
  await approver.press("批准");
  await approver.says("已批准");
  await approver.leave();

  const operations = await Person.enter(house, OPERATIONS);
  await operations.follow("已批准、待办质押登记的申请");
  await operations.follow(/./, operations.main().locator(`tbody tr:has(a[href="${application}"]) th`));
  await operations.says("质押登记材料", "缺");
  await operations.follow("上传文件");
  // The patent chosen may be co-owned: then its owners' consent goes with the papers.
  for (const kind of ["pledge_application_form", "identity_papers", "power_of_attorney", "co_owner_consent"]) {
    const buffer = Buffer.from("%PDF-1.7\n1 0 obj\n<< >>\nendobj\n");
    await operations.choose("文件种类", kind);
    const file = operations.main().locator('input[type="file"]');
    await file.setInputFiles({ name: `${kind}.pdf`, mimeType: "application/pdf", buffer });
    await operations.press("上传文件");
    await operations.says(`${kind}.pdf`);
  }
  await operations.open(application);
  await operations.follow("提交质押登记");
  await operations.press("提交质押登记");
  await operations.says("质押登记已提交");
  // Who files does not grant, and the pledgor has its word first.
  told.pledge = operations.path();
  await operations.leave();
  const { finance } = told;
  await finance.open(told.pledge);
  await finance.follow("出质人确认");
  await finance.press("出质人确认");
  await finance.says("已确认，银行另一有权人可据此办结登记");
  await officer.open(told.pledge);
  await officer.follow("办理登记");
  await officer.press("办理登记");
  await officer.says("质押已登记，质权自登记时设立");
  await officer.shot("3-4-pledge");
}

/** What the bank sees of its line. */
async function line(officer, facility) {
  await officer.open(facility);
  const read = async (label) => fen(await officer.figure(label));
  return {
    limit: await read("额度（万元）"),
    drawn: await read("已用（万元）"),
    held: await read("预占（万元）"),
    left: await read("可用（万元）"),
  };
}

/** Step 3, the second half: the enterprise draws and repays; the line moves to the fen. */
export async function moneyMovesToTheFen(house, told) {
  const { officer, finance, facility } = told;
  const before = await line(officer, facility);
  await finance.open(facility);
  await finance.follow("提款");
  await finance.fillYuan("金额", yuan(DRAWN));
  await finance.choose("还款方式", { label: "按期付息到期还本" });
  await finance.press("下一步：核对");
  await finance.says("请核对后确认，尚未办理", "人民币壹拾万元零壹分");
  await finance.shot("3-5-draw-confirm");
  assert.deepEqual(await line(officer, facility), before, "nothing moved before it was confirmed");
  await finance.press("确认办理");
  await finance.says("提款已发放");
  told.loan = finance.path();
  told.loanNumber = await finance.page.locator(".marks .number").innerText();
  await finance.shot("3-6-loan");
  assert.deepEqual(await line(officer, facility), {
    limit: before.limit, drawn: before.drawn + DRAWN, held: before.held - DRAWN, left: before.left,
  });

  await finance.follow("还款");
  await finance.fillYuan("金额", yuan(REPAID));
  await finance.press("下一步：核对");
  await finance.says("人民币贰万元整");
  await finance.press("确认办理");
  await finance.says("还款已入账");
  told.outstanding = DRAWN - REPAID;
  assert.equal(fen(await finance.figure("余额（万元）")), told.outstanding);
  await finance.shot("3-7-repaid");
  const after = await line(officer, facility);
  told.line = after;
  assert.equal(after.drawn, before.drawn + told.outstanding);
  await officer.shot("3-8-facility");
  await officer.picture("facility", 1290);
  await officer.rail("账簿");
  await officer.says("全部一致，分毫不差");
  await officer.shot("3-9-ledger");
}

/** A line of bank B waits for bank C: it is approved once that bank has agreed to lend its part. */
export async function participantAgreesBeforeTheLeadApproves(house) {
  const lead = await Person.enter(house, "approver@bank-b.demo");
  await lead.follow("待审批的授信");
  await lead.follow(/./, lead.main().locator("tbody tr", { hasText: "银团" }).first());
  const line = lead.path();
  await lead.says("须待参加行全部同意后方可批准", "凤凰银行");
  assert.equal(await lead.main().getByRole("link", { name: "同意参加", exact: true }).count(), 0, "the lead is not asked");
  await lead.shot("6-1-lead-waits");

  const participant = await Person.enter(house, "approver@bank-c.demo");
  await participant.follow("待本行同意的银团事项");
  await participant.follow("参加授信");
  assert.equal(participant.path(), line);
  await participant.says("本行份额", "5,400,000.00", "待答复");
  await participant.follow("同意参加");
  await participant.says("本行按份额最多承贷 5,400,000.00 元");
  await participant.shot("6-2-participant-agrees");
  await participant.press("同意参加");
  await participant.says("已表示同意");
  await participant.leave();

  await lead.open(line);
  await lead.follow("审批授信");
  await lead.press("批准");
  await lead.says("已批准");
  await lead.leave();
}
