// Runs Lighthouse as a phone on a slow network over addresses; prints its scores (0 to 100) as JSON, one object each.
// node lighthouse_pages.js CHROMIUM CATEGORY,CATEGORY... ADDRESS...
"use strict";
const puppeteer = require("puppeteer");

(async () => {
  const { default: lighthouse } = await import("lighthouse");
  const [executablePath, categories, ...addresses] = process.argv.slice(2);
  const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
  const port = Number(new URL(browser.wsEndpoint()).port);
  const scores = [];
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, { port, logLevel: "error", onlyCategories: categories.split(",") });
    const missed = Object.values(lhr.audits)
      .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary")
      .map((audit) => audit.id);
    const rounded = Object.entries(lhr.categories).map(([name, one]) => [name, Math.round(one.score * 100)]);
    scores.push({ address, missed, ...Object.fromEntries(rounded) });
  }
  await browser.close();
  console.log(JSON.stringify(scores));
})().catch((error) => { console.error(error); process.exit(1); });
