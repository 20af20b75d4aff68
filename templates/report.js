
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const live = document.getElementById("live");

  // Without this script there is nothing to press: controls appear with it.
  all(".js").forEach((element) => { element.hidden = false; });

  const say = (text) => {
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // A page that was opened as a file may not be given the clipboard.
  const copyBySelection = (text, back) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    back.focus();
  };

  const copy = async (button) => {
    const label = button.dataset.label ?? button.textContent;
    button.dataset.label = label;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      copyBySelection(button.dataset.copy, button);
    }
    button.textContent = live.dataset.copied;
    say(live.dataset.copied);
    setTimeout(() => { button.textContent = label; }, 1200);
  };

  const themes = ["auto", "light", "dark"];
  const root = document.documentElement;
  const current = () => root.dataset.theme ?? "auto";

  const label = () => {
    const button = document.querySelector("[data-act=theme]");
    button.textContent = live.dataset[current()];
    button.setAttribute("aria-label", live.dataset[`${current()}Label`]);
  };

  const turnTheme = () => {
    const next = themes[(themes.indexOf(current()) + 1) % themes.length];
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (next === "auto") localStorage.removeItem("derive-theme");
      else localStorage.setItem("derive-theme", next);
    } catch {
      // Storage may be switched off; the theme then lasts as long as the page.
    }
    label();
  };

  const expand = (button) => {
    const open = button.getAttribute("aria-pressed") !== "true";
    all("details").forEach((details) => { details.open = open; });
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? live.dataset.collapse : live.dataset.expand;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button);
    if (button.dataset.act === "print") print();
    if (button.dataset.act === "expand") expand(button);
    if (button.dataset.act === "theme") turnTheme();
  });
  label();

  // Only a region that really scrolls is worth a stop of the keyboard.
  const stops = () => all(".scroll").forEach((region) => {
    if (region.scrollWidth > region.clientWidth) {
      region.tabIndex = 0;
      if (!region.hasAttribute("role")) {
        region.setAttribute("role", "group");
        region.setAttribute("aria-label", live.dataset.formula);
      }
    } else region.removeAttribute("tabindex");
  });
  stops();
  document.fonts.ready.then(stops);
  addEventListener("resize", stops);
  document.addEventListener("toggle", stops, true);

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));

  // The section being read, in the contents.
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return;
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(entry.target.id).setAttribute("aria-current", "true");
  }), { rootMargin: "-20% 0px -70% 0px" });
  links.forEach((link, id) => watch.observe(document.getElementById(id)));
})();
