// Shows what the desk pushes to this browser, and opens its page when it is tapped. It keeps nothing and answers for no
// page: a site that is plain files needs no cache of its own. The words are those of the notification's language.
"use strict";
const WORDS = {
  id: { stop: "Berhenti", late: "Belum selesai. Ketuk untuk mengaktifkan pemberitahuan." },
  en: { stop: "Unsubscribe", late: "Not done yet. Tap to turn notifications on." },
};
const WAITS_MS = [0, 2000, 8000];

// The desk believes that a browser is there once it has read its first notification.
const answered = async (address) => {
  for (const wait of WAITS_MS) {
    await new Promise((go) => setTimeout(go, wait));
    try {
      if ((await fetch(address, { method: "POST" })).ok) return true;
    } catch {
      // Without a network it is tried again.
    }
  }
  return false;
};

const show = async (said) => {
  const words = WORDS[said.lang] || WORDS.id;
  const done = !said.arrived || await answered(said.arrived);
  // A button on a page does the same.
  const url = done ? said.url : said.arrived.replace(/arrived$/, "confirm");
  await self.registration.showNotification(said.title, {
    body: done ? said.body : words.late, lang: said.lang, tag: said.tag, data: { url, stop: said.stop },
    actions: said.stop ? [{ action: "stop", title: words.stop }] : [],
  });
};

self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

self.addEventListener("notificationclick", (event) => {
  const { url, stop } = event.notification.data;
  const to = event.action === "stop" ? stop : url;
  event.notification.close();
  if (to) event.waitUntil(self.clients.openWindow(to));
});
