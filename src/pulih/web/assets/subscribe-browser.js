// Offers notifications of this browser on the form of subscribing. Nothing is asked before somebody presses the button,
// and the form that is sent then is the form of the page, with the browser's address in it.
"use strict";
(() => {
  const part = document.querySelector("[data-push-key]");
  if (!part || !("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  const [button, note] = [part.querySelector("button"), part.querySelector("[role=status]")];
  const asked = { userVisibleOnly: true, applicationServerKey: part.dataset.pushKey };

  const subscription = async () => {
    await navigator.serviceWorker.register("/sw.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    try {
      return await pushManager.subscribe(asked);
    } catch (error) {
      // The browser still belongs to a key that the desk has no more.
      const old = error.name === "InvalidStateError" && await pushManager.getSubscription();
      if (!old) throw error;
      await old.unsubscribe();
      return pushManager.subscribe(asked);
    }
  };

  part.hidden = false;
  button.addEventListener("click", async () => {
    note.textContent = "";
    if (await Notification.requestPermission() !== "granted") {
      note.textContent = part.dataset.denied;
      return;
    }
    button.disabled = true;
    try {
      const { form } = button;
      form.elements.browser.value = JSON.stringify(await subscription());
      form.submit();
    } catch {
      note.textContent = part.dataset.failed;
      button.disabled = false;
    }
  });
})();
