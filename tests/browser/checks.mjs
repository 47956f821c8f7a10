// What every page must pass: no sideways scrolling, accessible to everybody, no complaint of the browser.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NARROW = 375;
const WIDE = 1280;

/** The page does not scroll sideways on a telephone nor on a desk; wide tables scroll within themselves. */
export async function fits(page, what) {
  for (const width of [NARROW, WIDE]) {
    await page.setViewportSize({ width, height: 900 });
    const wider = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return [];
      const scrolls = (node) =>
        node && (/auto|scroll|hidden/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
      return [...document.querySelectorAll("body *")]
        .filter((node) => node.getBoundingClientRect().right > room + 1 && !scrolls(node.parentElement))
        .map((node) => `${node.tagName.toLowerCase()}.${node.getAttribute("class") ?? ""}`).slice(0, 5);
    });
    assert.deepEqual(wider, [], `${what} is wider than ${width} px`);
  }
}

/** No serious finding of axe. */
export async function accessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html} (${node.failureSummary})`).join(" | ")}`);
  assert.deepEqual(grave, [], `${what} is not accessible to everybody`);
}
