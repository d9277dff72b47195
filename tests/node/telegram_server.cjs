// Runs the Bot API of telegram-test-api on a port of this machine: node telegram_server.cjs PORT
"use strict";
const TelegramServer = require("telegram-test-api");

new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1", storeTimeout: 600 })
  .start()
  .catch((error) => { console.error(error); process.exit(1); });
