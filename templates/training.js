// Training goes on: the loss and its gradients are the formulas of the page, which come as data.
(() => {
  "use strict";

  const train = (root) => {
    const data = JSON.parse(root.dataset.training);
    const { frame, points, classes, steps } = data;
    const form = root.querySelector(".train");
    const find = (selector) => root.querySelector(selector);
    const all = (selector) => [...root.querySelectorAll(selector)];
    const sizes = new Map(Object.entries(data.sizes));
    const { value, entries } = formulas.evaluator(new Map(Object.entries(data.definitions)), sizes, 0);

    // Each weight and bias by its name and places, with the formula of its slope.
    const parameters = data.gradients.flatMap(([name, letters, slope]) => entries(letters.map(([, size]) => size)).map(
      (places) => ({ key: [name, ...places].join(), at: new Map(letters.map(([letter], n) => [letter, places[n]])), slope }),
    ));
    const [[weight, [, ...columns]], [bias]] = data.gradients; // with one logit a weight has no column
    const count = columns.length ? sizes.get(columns[0][1]) : 2;

    const given = new Map();
    points.forEach((point, n) => {
      point.forEach((x, f) => given.set([data.inputs, n + 1, f + 1].join(), x));
      if (!columns.length) given.set([data.labels, n + 1].join(), classes[n]);
      else for (let k = 0; k < count; k += 1) given.set([data.labels, n + 1, k + 1].join(), Number(k === classes[n]));
    });

    const evaluated = (weights) => {
      const world = { values: new Map([...given, ...weights]), done: new Map() };
      return {
        loss: value(data.loss, new Map(), world),
        slopes: parameters.map(({ at, slope }) => value(slope, at, world)),
      };
    };

    const start = () => {
      const weights = new Map(parameters.map(({ key }) => [key, 0]));
      const here = evaluated(weights);
      return { step: 0, weights, losses: [here.loss], ...here };
    };

    const stepped = (now, rate) => {
      const weights = new Map(parameters.map(({ key }, n) => [key, now.weights.get(key) - rate * now.slopes[n]]));
      const here = evaluated(weights);
      return { step: now.step + 1, weights, losses: [...now.losses, here.loss], ...here };
    };

    // ---- regions: where a class has the largest logit

    const halves = ({ weights }) => Array.from({ length: count }, (_, k) => {
      if (!columns.length && k === 0) return [0, 0, 0];
      const place = columns.length ? [k + 1] : [];
      return [[weight, 1, ...place], [weight, 2, ...place], [bias, ...place]].map((key) => weights.get(key.join()));
    });

    const cut = (corners, [u, v, w]) => corners.flatMap(([x, y], n) => {
      const [beforeX, beforeY] = corners.at(n - 1);
      const here = u * x + v * y + w;
      const before = u * beforeX + v * beforeY + w;
      const share = before / (before - here);
      const crossed = (here < 0) !== (before < 0) ? [[beforeX + share * (x - beforeX), beforeY + share * (y - beforeY)]] : [];
      return here >= 0 ? [...crossed, [x, y]] : crossed;
    });

    const region = (all, k) => {
      const { far } = frame;
      let corners = [[-far, -far], [far, -far], [far, far], [-far, far]];
      all.forEach((other, j) => {
        if (j === k) return;
        const half = other.map((theirs, n) => all[k][n] - theirs);
        corners = half.every((part) => part === 0) ? [] : cut(corners, half);
      });
      return corners;
    };

    const right = (now) => {
      const logits = halves(now);
      const best = points.map(([x, y]) => {
        const found = logits.map(([u, v, w]) => u * x + v * y + w);
        return found.indexOf(Math.max(...found));
      });
      return best.filter((k, n) => k === classes[n]).length / points.length;
    };

    // ---- what is shown

    const between = (low, high, part) => (low + part * (high - low)).toFixed(1);
    const across = (x) => between(frame.left, frame.right, (x + frame.far) / (2 * frame.far));
    const up = (y) => between(frame.bottom, frame.top, (y + frame.far) / (2 * frame.far));
    const plain = (x) => String(Number(x.toPrecision(6)));
    const short = (x) => {
      if (!Number.isFinite(x)) return "–";
      if (x >= 1000) return x.toFixed(0);
      if (x >= 1e-3 || x === 0) return x.toPrecision(3);
      const [digits, exponent] = x.toExponential(2).split("e-");
      return `${digits} × 10⁻${exponent.replace(/./g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit])}`;
    };

    const drawLosses = ({ losses, step }) => {
      const shown = losses.filter(Number.isFinite);
      const most = Math.max(...shown);
      let top = frame.tops[0];
      for (let power = 1; top < most; power *= 10) top = (frame.tops.find((one) => one * power >= most) ?? 0) * power;
      const span = steps * Math.max(1, Math.ceil(step / steps));
      const height = (loss) => between(frame.bottom, frame.top, loss / top);
      const path = shown.map((loss, n) => `${between(frame.left, frame.right, n / span)} ${height(loss)}`);
      find(".losses .line").setAttribute("d", `M${path.length > 1 ? path.join("L") : `${path[0]}h0`}`);
      const first = height(losses[0]);
      find(".losses .start").setAttribute("d", `M${frame.left} ${first}H${frame.right}`);
      find(".losses .start-value").setAttribute("y", first);
      all(".losses .height").forEach((tick, n) => { tick.textContent = plain((n / 2) * top); });
      all(".losses .along").forEach((tick, n) => { tick.textContent = plain((n / 2) * span); });
    };

    const draw = (now) => {
      const logits = halves(now);
      all(".plane .region").forEach((path, k) => {
        const corners = region(logits, k).map(([x, y]) => `${across(x)} ${up(y)}`);
        path.setAttribute("d", corners.length ? `M${corners.join("L")}Z` : "");
      });
      drawLosses(now);
      const told = {
        step: String(now.step),
        loss: short(now.loss),
        slope: short(Math.hypot(...now.slopes)),
        right: `${(100 * right(now)).toFixed(1)}%`,
      };
      const row = find(".now");
      row.hidden = false;
      find(".still").hidden = true;
      row.cells[0].textContent = row.cells[0].dataset.now.replace("{step}", told.step);
      ["loss", "slope", "right"].forEach((name, n) => { row.cells[n + 1].textContent = told[name]; });
      find(".overflow").hidden = Number.isFinite(now.loss);
      return told;
    };

    // ---- what is pressed

    const slider = find(".rate input");
    const run = find("[data-train=run]");
    const rates = slider.dataset.rates.split(" ").map(Number);
    const rate = () => rates[slider.value];
    let now = start();
    let goal = 0; // where a run ends; 0 where nothing runs

    const rest = () => {
      goal = 0;
      run.textContent = run.dataset.run;
      const told = draw(now);
      const status = find("[role=status]");
      status.textContent = Object.entries(told).reduce((text, [name, shown]) => text.replace(`{${name}}`, shown), status.dataset.said);
      find(".plane desc").textContent = status.textContent;
    };

    const goOn = () => {
      if (!goal) return;
      now = stepped(now, rate());
      if (now.step >= goal || !Number.isFinite(now.loss)) { rest(); return; }
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) setTimeout(goOn); // only the end is shown
      else { draw(now); requestAnimationFrame(goOn); }
    };

    const acts = {
      step: () => {
        if (Number.isFinite(now.loss)) now = stepped(now, rate());
        rest();
      },
      run: () => {
        if (goal || !Number.isFinite(now.loss)) { rest(); return; }
        goal = steps * (Math.floor(now.step / steps) + 1);
        run.textContent = run.dataset.pause;
        requestAnimationFrame(goOn);
      },
      again: () => {
        now = start();
        rest();
      },
    };

    const showRate = () => {
      find(".rate output").textContent = rate();
      slider.setAttribute("aria-valuetext", rate());
    };
    slider.addEventListener("input", showRate);
    form.addEventListener("submit", (event) => event.preventDefault());
    all("[data-train]").forEach((button) => button.addEventListener("click", acts[button.dataset.train]));
    showRate();
  };

  document.querySelectorAll("[data-training]").forEach(train);
})();
