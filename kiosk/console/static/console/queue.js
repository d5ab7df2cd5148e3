/* The queue beside the work: it is read again by itself without moving under the eye, finds a number, and a call from a
   kiosk is heard and seen in the window's name. Everything here also works without this file. */
"use strict";
(() => {
  const title = document.title;
  const queue = () => document.getElementById("queue");
  let kept = null;
  let heard = new Set();

  /* Where the focus is, of what has no id by which htmx finds it: in what that has one, and as which of its own. */
  const places = (holder) => (holder ? [...holder.querySelectorAll("a, button, summary")] : []);
  const place = (focused) => {
    if (focused.id || !queue().contains(focused)) return null;
    const holder = focused.closest("[id]");
    return { id: holder.id, nth: places(holder).indexOf(focused) };
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id !== "queue") return;
    const open = [...queue().querySelectorAll("details[open][id]")].map((one) => one.id);
    kept = { top: document.getElementById("lines").scrollTop, open, at: place(document.activeElement) };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (kept === null) return;
    const lines = document.getElementById("lines");
    if (lines) lines.scrollTop = kept.top;
    kept.open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    const at = kept.at && places(document.getElementById(kept.at.id))[kept.at.nth];
    if (at && at !== document.activeElement) at.focus({ preventScroll: true });
    kept = null;
    calls();
  });

  const beep = () => {
    try {
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      tone.frequency.value = 660;
      volume.gain.value = 0.08;
      tone.connect(volume).connect(sound.destination);
      tone.start();
      tone.stop(sound.currentTime + 0.35);
      tone.onended = () => sound.close();
    } catch (silent) {
      if (!(silent instanceof DOMException)) throw silent; // a browser that plays nothing
    }
  };

  /* A call changes the window's name, and is heard and said once: the queue that is read again says nothing of it. */
  const calls = () => {
    const shown = document.querySelector("[data-calls]");
    document.title = shown ? `▲ ${shown.dataset.title} (${shown.dataset.calls}) · ${title}` : title;
    const fresh = [...document.querySelectorAll("[data-fresh]")].filter((one) => !heard.has(one.dataset.fresh));
    if (!fresh.length) return;
    beep();
    const said = fresh.map((one) => one.innerText).join(" ; ");
    document.querySelector("[data-calls-said]").textContent = `${shown.dataset.title} : ${said}`;
    heard = new Set([...heard, ...fresh.map((one) => one.dataset.fresh)]);
  };

  const lines = () => [...document.querySelectorAll("#lines a.line")].filter((one) => one.checkVisibility());

  const find = document.getElementById("find");
  if (find) {
    find.hidden = false;
    const field = find.querySelector("input");
    const met = () => {
      const sought = field.value.trim().toLowerCase();
      const said = (one) => one.querySelector("b").textContent.trim().toLowerCase();
      return sought ? lines().find((one) => said(one) === sought) || lines().find((one) => said(one).includes(sought)) : null;
    };
    field.addEventListener("input", () => met()?.scrollIntoView({ block: "nearest" }));
    find.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = met();
      if (wanted) wanted.click();
      else field.select();
    });
  }
  calls();
})();
