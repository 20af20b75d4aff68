// The search of the index: words, a verdict and a scope, kept in the address so that it can be shared.
(() => {
  "use strict";
  const field = document.getElementById("find");
  if (!field) return;
  const verdict = document.getElementById("find-verdict");
  const scope = document.getElementById("find-scope");
  const count = document.getElementById("find-count");
  const before = document.querySelectorAll("nav.families, .leads");  // what stands between the field and what it finds
  const clear = document.querySelector("[data-act=find-clear]");
  const whole = count.textContent;
  const plain = (text) => text.normalize("NFKD").toLowerCase();

  const entries = [...document.querySelectorAll(".entry")].map((element) => {
    const family = element.closest(".family");
    return { element, family, text: plain(`${element.textContent} ${element.dataset.source ?? ""} ${family.querySelector("h2").textContent}`) };
  });

  const filter = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    const filled = new Set();
    let found = 0;
    entries.forEach(({ element, family, text }) => {
      const fits = words.every((word) => text.includes(word))
        && (!verdict.value || element.dataset.verdict === verdict.value)
        && (!scope.value || element.dataset.scope.split(" ").includes(scope.value));
      element.hidden = !fits;
      if (fits) { found += 1; filled.add(family); }
    });
    document.querySelectorAll(".family").forEach((family) => { family.hidden = !filled.has(family); });
    const asked = words.length || verdict.value || scope.value;
    const said = found === 0 ? count.dataset.none : found === 1 ? count.dataset.one : count.dataset.some;
    count.textContent = asked ? said.replace("{n}", found).replace("{all}", entries.length) : whole;
    before.forEach((one) => { one.hidden = Boolean(asked); });
    clear.disabled = !asked;
  };

  // "#?q=…" names no section, so nothing scrolls; a page opened as a file may change its hash, not its query.
  const keep = () => {
    const state = new URLSearchParams();
    if (field.value.trim()) state.set("q", field.value.trim());
    if (verdict.value) state.set("verdict", verdict.value);
    if (scope.value) state.set("scope", scope.value);
    const hash = state.size ? `#?${state}` : location.hash.startsWith("#?") ? "#" : location.hash;
    if (hash !== location.hash) history.replaceState(null, "", hash);
  };

  const read = () => {
    if (!location.hash.startsWith("#?")) return;
    const state = new URLSearchParams(location.hash.slice(2));
    field.value = state.get("q") ?? "";
    verdict.value = state.get("verdict") ?? "";
    scope.value = state.get("scope") ?? "";
    [verdict, scope].forEach((select) => { if (select.selectedIndex < 0) select.value = ""; });
  };

  const change = () => { filter(); keep(); };
  const empty = () => {
    field.value = verdict.value = scope.value = "";
    change();
    field.focus();
  };

  field.addEventListener("input", change);
  verdict.addEventListener("change", change);
  scope.addEventListener("change", change);
  clear.addEventListener("click", empty);
  addEventListener("hashchange", () => {
    read();
    filter();
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      field.focus();
      field.select();
    }
    if (event.key === "Escape" && event.target.closest(".find")) {
      event.preventDefault();
      empty();
    }
  });
  read();
  filter();
})();
