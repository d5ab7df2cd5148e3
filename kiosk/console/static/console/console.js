/* Tables on a narrow page, zoom of pictures, printing. Everything here also works without this file. */
"use strict";
(() => {
  sessionStorage.clear(); // htmx notes there which page is open

  document.querySelectorAll("table.list").forEach((table) => { // on a narrow page each cell says what it is
    const names = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    table.querySelectorAll("tbody tr").forEach((row) => {
      [...row.cells].forEach((cell, column) => {
        if (cell.colSpan === 1 && names[column]) cell.dataset.name = names[column];
      });
    });
    table.classList.add("by-line");
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
    pictures.forEach((picture) => { // a glass under the pointer
      const image = picture.querySelector("img");
      picture.addEventListener("pointermove", (event) => {
        if (viewer.classList.contains("is-large") || event.pointerType !== "mouse") return;
        const box = picture.getBoundingClientRect();
        image.style.transformOrigin = `${((event.clientX - box.left) / box.width) * 100}% ${((event.clientY - box.top) / box.height) * 100}%`;
        picture.classList.add("is-near");
      });
      picture.addEventListener("pointerleave", () => picture.classList.remove("is-near"));
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
