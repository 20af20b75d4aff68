// Claim and result at a point, by formulas that come as data.
(() => {
  "use strict";

  const { evaluator } = formulas;

  const explore = (root) => {
    const data = JSON.parse(root.dataset.formulas);
    const definitions = new Map(Object.entries(data.definitions));
    const all = (selector) => [...root.querySelectorAll(selector)];
    const form = root.querySelector(".controls");
    const which = root.querySelector(".which");
    const table = root.querySelector(".heat");
    const chosen = (kind) => all(`select[data-kind=${kind}]`).map((box) => [box.dataset.name, Number(box.value)]);

    // Only the controls of entries that there are at this size.
    const fit = (sizes) => {
      const most = sizes.get(data.varied) ?? Infinity;
      all("select[data-kind=index] option").forEach((option) => { option.hidden = option.disabled = Number(option.value) > most; });
      all("select[data-kind=index]").forEach((box) => { if (Number(box.value) > most) box.value = String(most); });
      all(".slider input").forEach((slider) => {
        const shape = data.shapes[slider.dataset.name] ?? [];
        const places = slider.dataset.places.split(" ").filter(Boolean).map(Number);
        slider.closest("label").hidden = places.some((place, n) => place > sizes.get(shape[n]));
      });
    };

    const point = (sizes, at) => {
      const values = new Map(chosen("label"));
      const totals = new Map();
      const shown = all(".slider:not([hidden]) input");
      const row = (slider) => [slider.dataset.name, ...slider.dataset.places.split(" ").slice(0, -1)].join();
      shown.forEach((slider) => totals.set(row(slider), (totals.get(row(slider)) ?? 0) + Number(slider.value)));
      const count = (slider) => shown.filter((other) => row(other) === row(slider)).length;
      shown.forEach((slider) => {
        let x = Number(slider.value);
        if (slider.dataset.kind === "share") x = totals.get(row(slider)) ? x / totals.get(row(slider)) : 1 / count(slider);
        const text = x.toFixed(slider.dataset.kind === "share" || slider.step < 0.1 ? 2 : 1).replace("-", "\u2212");
        slider.parentElement.querySelector("output").textContent = text;
        slider.setAttribute("aria-valuetext", text);
        values.set([slider.dataset.name, ...slider.dataset.places.split(" ").filter(Boolean)].join(), x);
      });
      data.hot.forEach(([name, letter, size]) => {
        for (let n = 1; n <= sizes.get(size); n += 1) values.set([name, n].join(), Number(n === at.get(letter)));
      });
      return { values, done: new Map() };
    };

    const compute = () => {
      const sizes = new Map([...Object.entries(data.sizes), ...chosen("size")]);
      fit(sizes);
      const at = new Map(chosen("index"));
      const world = point(sizes, at);
      const { value, holds, entries } = evaluator(definitions, sizes, data.step);
      const meant = data.positive.every(([letters, body]) => entries(letters.map(([, size]) => size)).every(
        (numbers) => value(body, new Map([...at, ...letters.map(([letter], n) => [letter, numbers[n]])]), world) > 0,
      ));
      const cells = entries(data.axes.map(([, size]) => size)).map((numbers) => {
        const here = new Map([...at, ...data.axes.map(([letter], n) => [letter, numbers[n]])]);
        if (!meant || !data.only.every((condition) => holds(condition, here, world))) return null;
        const result = value(data.result, here, world);
        const claim = value(data.claim, here, world);
        return { result, claim, difference: claim - result };
      });
      return { cells, width: data.axes.length ? sizes.get(data.axes.at(-1)[1]) : 1 };
    };

    const power = (x) => {
      if (x === 0) return "0";
      const [digits, exponent] = x.toExponential(1).split("e");
      return `${digits} × 10${String(Number(exponent)).replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻")}`.replace("-", "\u2212");
    };
    const decimal = (x) => {
      const text = x.toFixed(4);
      return text.replace("-", Number(text) === 0 ? "" : "\u2212");
    };

    const cell = (found, shown, largest) => {
      const element = document.createElement("td");
      const x = found?.[shown];
      if (!Number.isFinite(x)) {
        element.textContent = "–";
        return element;
      }
      element.textContent = shown === "difference" ? power(x) : decimal(x);
      element.title = String(x);
      element.style.setProperty("--v", shown === "difference" || !largest ? "0" : (x / largest).toFixed(2));
      return element;
    };

    const heading = (scope, text) => {
      const element = document.createElement("th");
      element.scope = scope;
      element.textContent = text;
      return element;
    };

    const show = () => {
      const { cells, width } = compute();
      const shown = new FormData(which).get("which");
      const numbers = cells.map((found) => found?.[shown]).filter(Number.isFinite);
      const largest = cells.length > 1 ? Math.max(0, ...numbers.map(Math.abs)) : 0; // a lone number has no shade
      const rows = [];
      for (let n = 0; n < cells.length; n += width) {
        const row = document.createElement("tr");
        if (data.axes.length === 2) row.append(heading("row", n / width + 1));
        row.append(...cells.slice(n, n + width).map((found) => cell(found, shown, largest)));
        rows.push(row);
      }
      table.classList.toggle("many", width > 4);
      table.tBodies[0].replaceChildren(...rows);
      if (table.tHead) {
        const corner = data.axes.length === 2 ? [document.createElement("td")] : [];
        table.tHead.rows[0].replaceChildren(...corner, ...Array.from({ length: width }, (_, n) => heading("col", n + 1)));
      }
      const computed = cells.filter((found) => found);
      const there = computed.every((found) => Number.isFinite(found.difference)) ? computed : [];
      const most = Math.max(0, ...there.map((found) => Math.abs(found.difference)));
      const scale = Math.max(1, ...there.map((found) => Math.abs(found.result)));
      const agrees = most <= data.agrees * scale;
      root.querySelector(".agreement").hidden = !there.length;
      root.querySelector(".nowhere").hidden = there.length > 0;
      root.querySelector(".agreement .pass").hidden = !agrees;
      root.querySelector(".agreement .fail").hidden = agrees;
      root.querySelector(".most").textContent = power(most);
      dispatchEvent(new Event("resize")); // a wider table may want to scroll
    };

    let asked = 0;
    const later = () => {
      if (!asked) asked = requestAnimationFrame(() => { asked = 0; show(); });
    };
    all(".still").forEach((element) => { element.hidden = true; });
    form.addEventListener("input", later);
    form.addEventListener("reset", later);
    form.addEventListener("submit", (event) => event.preventDefault());
    which.addEventListener("input", later);
    show();
  };

  document.querySelectorAll(".at-point").forEach(explore);
})();
