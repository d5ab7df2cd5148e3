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
    const closeUp = 2.4; // as in desk.css
    /* The glass over the place of a trait that has the hand or the focus: where the picture in view bears the zone. */
    const show = (trait) => {
      const picture = pictures.find((one) => one.hasAttribute("data-zone") && one.checkVisibility());
      if (!picture || viewer.classList.contains("is-large") || turn !== 0) return;
      const image = picture.querySelector("img");
      const shown = Math.min(image.clientWidth / image.naturalWidth, image.clientHeight / image.naturalHeight);
      if (!Number.isFinite(shown)) return; // not there yet
      const [x, y] = trait.dataset.at.split(" ").map(Number);
      const left = (image.clientWidth - image.naturalWidth * shown) / 2;
      const fixed = (middle, length) => Math.min(Math.max((middle - length / (2 * closeUp)) / (1 - 1 / closeUp), 0), length);
      const across = fixed(left + x * image.naturalWidth * shown, image.clientWidth);
      image.style.transformOrigin = `${across}px ${fixed(y * image.naturalHeight * shown, image.clientHeight)}px`;
      picture.classList.add("is-near");
    };
    const leave = () => pictures.forEach((picture) => picture.classList.remove("is-near"));
    const traitOf = (element) => (element instanceof Element ? element.closest(".trait[data-at]") : null);
    for (const kind of ["pointerover", "focusin"])
      document.addEventListener(kind, (event) => traitOf(event.target) && show(traitOf(event.target)));
    for (const kind of ["pointerout", "focusout"])
      document.addEventListener(kind, (event) => {
        const trait = traitOf(event.target);
        if (trait && trait !== traitOf(event.relatedTarget)) leave();
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
