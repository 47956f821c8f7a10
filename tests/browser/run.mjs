// The console in Chromium, used as people use it: `node run.mjs URL` against a suite with fresh demo data.
//
// Where is …? The story in five steps: lending.mjs, cover.mjs; what every page must pass: pages.mjs, checks.mjs;
// habits of the console (keyboard, language, theme, refusals): habits.mjs; a person at a browser: person.mjs.
// Pictures of each step land in shots/; with IPF_TEST_UPDATE_SCREENSHOTS=1 those of the README are taken anew.
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import * as cover from "./cover.mjs";
import * as habits from "./habits.mjs";
import * as lending from "./lending.mjs";
import * as pages from "./pages.mjs";

const SHOTS = fileURLToPath(new URL("shots", import.meta.url));
const PICTURES = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));

const STORY = [
  lending.patentIsValuedAndExplained,
  lending.enterpriseAppliesAndSeesWhatStandsInTheWay,
  lending.bankAssessesApprovesAndRegisters,
  lending.moneyMovesToTheFen,
  cover.underwriterCoversPatentAndLoan,
  cover.examinerDrillsDownToTheLoan,
  cover.otherBankSeesNothing,
];

const REST = [
  habits.theKeyboardSuffices,
  habits.everythingIsSaidInEnglishToo,
  habits.theDarkThemeReadsAsWell,
  habits.refusedFormsKeepWhatWasTyped,
  habits.missingAndForbiddenPagesSayWhatToDo,
  habits.everythingWorksWithoutScripts,
  habits.pagesPrint,
  habits.signingOutEndsTheSession,
  pages.pagesAreUsableOnATelephone,
  pages.everyPageOfEveryRoleOpens,
  lending.participantAgreesBeforeTheLeadApproves,
  habits.nothingComplained,
];

/** `patentIsValuedAndExplained` as a sentence. */
const sentence = (step) => step.name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);

/** Takes a step; what fails is told with a picture of every open window. */
async function take(house, step, told) {
  const began = Date.now();
  const seconds = () => ((Date.now() - began) / 1000).toFixed(1).padStart(5);
  try {
    await step(house, told);
    console.log(`ok   ${seconds()} s  ${sentence(step)}`);
    return true;
  } catch (error) {
    console.error(`FAIL ${seconds()} s  ${sentence(step)}\n${error.stack}`);
    for (const person of house.people) {
      const name = `failed-${step.name}-${person.username.split("@").join("-")}`;
      await person.shot(name).catch(() => {});
      console.error(`     ${person.username} at ${person.page.url()}: shots/${name}.png`);
    }
    return false;
  }
}

async function main(url) {
  rmSync(SHOTS, { recursive: true, force: true });
  mkdirSync(SHOTS, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--lang=zh-CN"],
  });
  const pictures = process.env.IPF_TEST_UPDATE_SCREENSHOTS === "1" ? PICTURES : undefined;
  if (pictures) mkdirSync(pictures, { recursive: true });
  const house = { browser, url, shots: SHOTS, pictures, people: [] };
  const told = {};
  let failed = 0;
  for (const step of STORY) {
    // Each step stands on the one before.
    if (!failed) failed += (await take(house, step, told)) ? 0 : 1;
  }
  if (!failed) {
    for (const step of REST) failed += (await take(house, step, told)) ? 0 : 1;
  }
  await browser.close();
  return failed === 0;
}

const url = process.argv[2];
if (!url) {
  console.error("usage: node run.mjs URL");
  process.exit(2);
}
process.exit((await main(url.replace(/\/$/, ""))) ? 0 : 1);
