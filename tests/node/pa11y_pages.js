// Runs pa11y (WCAG 2 AA, HTML_CodeSniffer) over addresses, each with its theme; prints what it finds as JSON.
// node pa11y_pages.js CHROMIUM light=ADDRESS dark=ADDRESS ...
"use strict";
const pa11y = require("pa11y");
const puppeteer = require("puppeteer");
const AT_ONCE = 6;

(async () => {
  const [executablePath, ...asked] = process.argv.slice(2);
  const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
  const found = [];
  let looked = 0;
  // For most of its time a look waits until the network is silent, so several wait at once.
  const look = async () => {
    const page = await browser.newPage();
    for (let one = asked.shift(); one !== undefined; one = asked.shift()) {
      const [scheme, address] = [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)];
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const { issues } = await pa11y(address, { browser, page, standard: "WCAG2AA", timeout: 60000 });
      found.push(...issues.map((issue) => `${one} ${issue.code} ${issue.context}`));
      looked += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  await browser.close();
  console.log(JSON.stringify({ looked, found: found.sort() }));
})().catch((error) => { console.error(error); process.exit(1); });
