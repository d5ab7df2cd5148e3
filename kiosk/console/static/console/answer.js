/* INSi answers while a patient's page is open. The page shows it by itself when no hand is at work on it; whoever writes or
   has opened something is told, and asks for it. What was ticked of the person and their document stays, and what was
   written; what was ticked about the answer of before does not. Nothing is kept outside the page. */
"use strict";
(() => {
  const STILL = 800; // milliseconds without a key or a movement: the eye and the hand are not on their way to something
  let touchedAt = -Infinity;
  let kept = null;
  ["keydown", "pointerdown", "pointermove"].forEach((kind) =>
    document.addEventListener(kind, () => (touchedAt = performance.now()), { capture: true, passive: true }),
  );

  const identity = () => document.querySelector("article.identity");
  const chosenAtFirst = (list) => Math.max([...list.options].findIndex((option) => option.defaultSelected), 0);
  const isWritten = (field) =>
    field.tagName === "SELECT" ? field.selectedIndex !== chosenAtFirst(field) : field.value !== field.defaultValue;
  const fields = () => [...identity().querySelectorAll("input[id]:not([type=checkbox]), select[id], textarea[id]")]; // text: ticks have no id
  const ticks = () => [...identity().querySelectorAll("input[data-stays]")];
  const isInUse = () =>
    identity().querySelector("details[open]:not(.more-pieces)") !== null ||
    fields().some((field) => isWritten(field) || (field === document.activeElement && !field.readOnly));
  const isTouched = () => performance.now() - touchedAt < STILL;

  document.addEventListener("answer-came", () => {
    const notice = identity().querySelector(".came .message");
    if (isInUse()) notice.hidden = false;
    else if (!isTouched()) htmx.trigger(notice.querySelector("button"), "answer-wanted");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== identity() || !event.detail.shouldSwap) return;
    const asked = event.detail.requestConfig.triggeringEvent;
    const isAskedFor = Boolean(asked) && asked.type === "click";
    event.detail.shouldSwap = isAskedFor || !(isInUse() || isTouched()); // asked before, and hands came since: the next time
    kept = { isAskedFor, ticked: ticks().filter((tick) => tick.checked), written: fields().filter(isWritten) };
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== identity() || kept === null) return;
    const again = ticks();
    kept.ticked.forEach((old) => {
      const same = again.find((tick) => tick.name === old.name && tick.value === old.value);
      if (same) same.checked = true;
    });
    kept.written.forEach((old) => {
      const same = document.getElementById(old.id);
      if (same && !same.readOnly && !same.disabled) same.value = old.value;
    });
    if (kept.isAskedFor) document.getElementById("main").focus({ preventScroll: true });
    kept = null;
    const said = document.querySelector("[data-answer-shown]");
    said.textContent = said.dataset.answerShown;
  });
})();
