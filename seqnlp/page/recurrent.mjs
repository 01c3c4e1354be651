// Stacked recurrent layers over one sequence.
import { Layer } from "./cells.mjs";
import { joined } from "./numbers.mjs";

export class Stack {
  /** The layers that were saved as `${name}.forwards.0`, `${name}.backwards.0` and so on. */
  constructor(weights, name, { cell, num_layers: depth, bidirectional }, Numbers = Float32Array) {
    const ways = bidirectional ? ["forwards", "backwards"] : ["forwards"];
    const levels = Array.from({ length: depth }, (_, level) => level);
    this.cell = cell;
    this.levels = levels.map((level) =>
      ways.map((way) => new Layer(weights, `${name}.${way}.${level}`, cell, Numbers)),
    );
  }

  /** The outputs of the last layer at each of T steps; trace, if given, gets what each layer held. */
  run(inputs, trace = null) {
    return this.read(inputs, trace).outputs;
  }

  /** What each direction of the last layer held after its last step, side by side. */
  final(inputs) {
    const { outputs, last } = this.read(inputs);
    return outputs.length ? joined(last) : joined(this.levels.at(-1).map((layer) => layer.start().hidden));
  }

  read(inputs, trace = null) {
    let last = [];
    this.levels.forEach((layers, level) => {
      const ways = layers.map((layer, way) => runLayer(layer, inputs, way === 1, level, trace));
      inputs = ways.length === 1 ? ways[0] : ways[0].map((ahead, t) => joined([ahead, ways[1][t]]));
      last = ways.map((way, number) => way[number === 1 ? 0 : way.length - 1]);
    });
    return { outputs: inputs, last };
  }
}

function runLayer(layer, inputs, backwards, level, trace) {
  const outputs = new Array(inputs.length),
    steps = new Array(inputs.length);
  let state = layer.start();
  for (let number = 0; number < inputs.length; number++) {
    const t = backwards ? inputs.length - 1 - number : number;
    if (trace) steps[t] = {};
    state = layer.step(inputs[t], state, trace && steps[t]);
    outputs[t] = state.hidden;
  }
  if (trace) trace.push({ depth: level + 1, backwards, steps });
  return outputs;
}
