/* Keys, zoom and shortcuts of the staff's pages. Everything here also works with the mouse and without this file. */
"use strict";
(() => {
  const OFF = "console.shortcuts.off";
  const button = document.querySelector("[data-shortcuts]");
  const areOff = () => localStorage.getItem(OFF) === "1";
  const show = () => {
    document.body.classList.toggle("no-shortcuts", areOff());
    if (button) button.setAttribute("aria-pressed", String(!areOff()));
  };
  if (button) {
    button.addEventListener("click", () => {
      localStorage.setItem(OFF, areOff() ? "0" : "1");
      show();
    });
  }
  show();

  document.querySelectorAll("table.list").forEach((table) => { // on a narrow page each cell says what it is
    const names = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    table.querySelectorAll("tbody tr").forEach((row) => {
      [...row.cells].forEach((cell, column) => {
        if (cell.colSpan === 1 && names[column]) cell.dataset.name = names[column];
      });
    });
    table.classList.add("by-line");
  });

  const isTyping = (element) =>
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLInputElement && !["radio", "checkbox"].includes(element.type) && !element.readOnly);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key === "Escape") {
      document.querySelectorAll(".is-large").forEach((element) => element.classList.remove("is-large"));
      document.querySelectorAll("details[data-key][open]").forEach((element) => element.removeAttribute("open"));
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      return;
    }
    if (areOff() || isTyping(document.activeElement) || !/^[a-z0-9]$/i.test(event.key)) return;
    const meant = [...document.querySelectorAll(`[data-key="${event.key.toLowerCase()}"]`)];
    const wanted = meant.find((element) => element.type === "checkbox" && !element.checked) || meant[0];
    if (!wanted || wanted.disabled) return;
    event.preventDefault();
    if (wanted.tagName === "DETAILS") {
      wanted.open = !wanted.open;
      const first = wanted.querySelector("input[type=radio]");
      if (wanted.open && first) first.focus();
      if (wanted.open) wanted.scrollIntoView({ block: "nearest" });
      return;
    }
    wanted.click();
  });

  const viewer = document.querySelector("[data-viewer]");
  if (viewer) {
    const pictures = [...viewer.querySelectorAll("[data-picture]")];
    let turn = 0;
    const large = () => viewer.classList.toggle("is-large");
    pictures.forEach((picture) => {
      picture.addEventListener("click", (event) => {
        event.preventDefault();
        if (!viewer.classList.contains("is-large")) return large();
        const box = picture.getBoundingClientRect();
        const x = ((event.clientX - box.left) / box.width) * 100;
        const y = ((event.clientY - box.top) / box.height) * 100;
        const image = picture.querySelector("img");
        image.style.transformOrigin = `${x}% ${y}%`;
        picture.classList.toggle("is-close");
      });
    });
    const zoom = viewer.querySelector("[data-zoom]");
    if (zoom) zoom.addEventListener("click", large);
    const rotate = viewer.querySelector("[data-rotate]");
    if (rotate) {
      rotate.addEventListener("click", () => {
        turn = (turn + 90) % 360;
        pictures.forEach((picture) => picture.setAttribute("data-turn", String(turn)));
      });
    }
  }

  document.querySelectorAll("[data-print]").forEach((element) => element.addEventListener("click", () => window.print()));
})();
