// Formulas that come as data, lists of a kind and its parts: computed as they are written.
const formulas = (() => {
  "use strict";

  const functions = {
    exp: Math.exp, log: Math.log, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh,
    coth: (x) => 1 / Math.tanh(x), sech: (x) => 1 / Math.cosh(x), csch: (x) => 1 / Math.sinh(x),
  };

  const evaluator = (definitions, sizes, step) => {
    const spot = (place, at) => (typeof place === "string" ? at.get(place) : place);
    const holds = ([kind, left, right], at, world) => {
      if (kind === "is") return named(left, [], at, world) === right;
      return (spot(left, at) === spot(right, at)) === (kind === "=");
    };

    const named = (name, places, at, world) => {
      const key = [name, ...places].join();
      if (world.values.has(key)) return world.values.get(key);
      if (!world.done.has(key)) {
        const [letters, body] = definitions.get(name);
        const inner = new Map(letters.map((letter, n) => [letter, places[n]]));
        world.done.set(key, value(body, inner, world));
      }
      return world.done.get(key);
    };

    const moved = (world, changes) => ({ values: new Map([...world.values, ...changes]), done: new Map() });

    const called = (name, argument, world) => {
      if (!definitions.has(name)) return functions[name](argument);
      const [[letter], body] = definitions.get(name);
      return value(body, new Map(), moved(world, [[letter, argument]]));
    };

    // Where the variable is itself a name, all of its entries are held as variables of their own.
    const held = (name, places, world) => {
      if (!definitions.has(name)) return world;
      const body = definitions.get(name);
      const all = entries(body[2] ?? []).map((at) => [[name, ...at].join(), named(name, at, new Map(), world)]);
      return moved(world, all);
    };

    // Central differences of fourth order, in steps that suit a small probability as well.
    const slope = (body, name, places, at, world) => {
      const around = held(name, places, world);
      const middle = named(name, places, at, world);
      const key = [name, ...places].join();
      const h = step * (middle > 0 && middle < 1 ? 2 ** Math.floor(Math.log2(middle)) : 1);
      const along = (x) => value(body, at, moved(around, [[key, x]]));
      const near = along(middle + h) - along(middle - h);
      const far = along(middle + 2 * h) - along(middle - 2 * h);
      return (8 * near - far) / (12 * h);
    };

    const value = (tree, at, world) => {
      if (typeof tree === "number") return tree;
      const [kind, ...parts] = tree;
      const of = (part) => value(part, at, world);
      switch (kind) {
        case "size": return sizes.get(parts[0]);
        case "name": return named(parts[0], parts.slice(1).map((place) => spot(place, at)), at, world);
        case "+": return parts.reduce((sum, part) => sum + of(part), 0);
        case "*": return parts.reduce((product, part) => product * of(part), 1);
        case "-": return -of(parts[0]);
        case "/": return of(parts[0]) / of(parts[1]);
        case "^": return of(parts[0]) ** of(parts[1]);
        case "call": return called(parts[0], of(parts[1]), world);
        case "D": return slope(parts[0], parts[1], parts.slice(2).map((place) => spot(place, at)), at, world);
        case "delta": return Number(spot(parts[0], at) === spot(parts[1], at));
        case "pick": return of(parts[spot(parts[0], at)]);
        case "cases": return of(parts.find(([when]) => holds(when, at, world))[1]);
        case "sum": {
          let sum = 0;
          for (let n = 1; n <= sizes.get(parts[1]); n += 1) sum += value(parts[2], new Map([...at, [parts[0], n]]), world);
          return sum;
        }
        default: return NaN;
      }
    };

    // Every way to choose a number for each of these sizes.
    const entries = (names) => names.reduce(
      (found, name) => found.flatMap((at) => Array.from({ length: sizes.get(name) }, (_, n) => [...at, n + 1])), [[]],
    );

    return { value, holds, entries };
  };

  return { evaluator };
})();
