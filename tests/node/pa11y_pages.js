// Runs pa11y (WCAG 2 AA, HTML_CodeSniffer) over addresses, each with its theme; prints what it finds as JSON.
// node pa11y_pages.js CHROMIUM light=ADDRESS dark=ADDRESS ...
"use strict";
const pa11y = require("pa11y");
const puppeteer = require("puppeteer");

(async () => {
  const [executablePath, ...asked] = process.argv.slice(2);
  const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
  const found = [];
  const waiting = [...asked];
  // Most of the time pa11y waits for a page to be quiet, so some pages are looked at beside each other.
  const look = async () => {
    const page = await browser.newPage();
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const [scheme, address] = [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)];
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const { issues } = await pa11y(address, { browser, page, standard: "WCAG2AA", timeout: 60000 });
      found.push(...issues.map((issue) => `${one} ${issue.code} ${issue.context}`));
    }
  };
  await Promise.all([look(), look(), look(), look()]);
  await browser.close();
  console.log(JSON.stringify({ looked: asked.length - waiting.length, found: found.sort() }));
})().catch((error) => { console.error(error); process.exit(1); });
