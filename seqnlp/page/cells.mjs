// One recurrent layer in one direction, step by step.
import { linears, sigmoid } from "./numbers.mjs";

/** Adds a value to the array of that name: what "see inside" shows. */
function note(gates, name, unit, value) {
  gates[name][unit] = value;
}

const LSTM_GATES = ["input gate", "forget gate", "output gate", "candidate", "cell state", "hidden"];
/** What each cell has to show. */
export const GATES = {
  lstm: LSTM_GATES,
  peephole: LSTM_GATES,
  gru: ["reset gate", "update gate", "candidate", "hidden"],
  rnn: ["hidden"],
};

/** A layer of the saved weights: `${name}.weight_ih_l0` and so on; Numbers: the precision in which it computes. */
export class Layer {
  constructor(weights, name, cell, Numbers = Float32Array) {
    const get = (part) => weights.get(`${name}.${part}`);
    this.cell = cell;
    this.Numbers = Numbers;
    this.size = weights.shape(`${name}.weight_hh_l0`)[1]; // H
    this.fromInput = get("weight_ih_l0");
    this.fromState = get("weight_hh_l0");
    this.inputBias = get("bias_ih_l0");
    this.stateBias = get("bias_hh_l0");
    this.peepholes = cell === "peephole" ? get("peepholes") : null;
  }

  /** The state before the first step. */
  start() {
    return { hidden: new this.Numbers(this.size), cell: new this.Numbers(this.size) };
  }

  /** The state after x; gates, if given, gets the values of each gate, (H,) by name. */
  step(x, state, gates = null) {
    return this.steps([x], [state], gates)[0];
  }

  /** The states after one x each, from as many states: the weights are read once for all. */
  steps(xs, states, gates = null) {
    if (gates) for (const name of GATES[this.cell]) gates[name] = new Float32Array(this.size);
    const inputSums = linears(this.fromInput, this.inputBias, xs);
    const stateSums = linears(
      this.fromState,
      this.stateBias,
      states.map((state) => state.hidden),
    );
    return states.map((state, n) => {
      if (this.cell === "gru") return this.gru(inputSums[n], stateSums[n], state, gates);
      for (let k = 0; k < inputSums[n].length; k++) inputSums[n][k] += stateSums[n][k];
      return this.cell === "rnn" ? this.rnn(inputSums[n], state, gates) : this.lstm(inputSums[n], state, gates);
    });
  }

  /** Saved order: input, forget, candidate, output; peepholes: input, forget, output. */
  lstm(sums, state, gates) {
    const H = this.size,
      see = this.peepholes,
      hidden = new this.Numbers(H),
      cell = new this.Numbers(H);
    for (let k = 0; k < H; k++) {
      const before = state.cell[k];
      const inputGate = sigmoid(sums[k] + (see ? see[k] * before : 0));
      const forgetGate = sigmoid(sums[H + k] + (see ? see[H + k] * before : 0));
      const candidate = Math.tanh(sums[2 * H + k]);
      cell[k] = forgetGate * before + inputGate * candidate;
      const outputGate = sigmoid(sums[3 * H + k] + (see ? see[2 * H + k] * cell[k] : 0));
      hidden[k] = outputGate * Math.tanh(cell[k]);
      if (gates) {
        note(gates, "input gate", k, inputGate);
        note(gates, "forget gate", k, forgetGate);
        note(gates, "output gate", k, outputGate);
        note(gates, "candidate", k, candidate);
        note(gates, "cell state", k, cell[k]);
        note(gates, "hidden", k, hidden[k]);
      }
    }
    return { hidden, cell };
  }

  /** Saved order: reset, update, candidate; an update gate of 1 keeps the state. */
  gru(inputSums, stateSums, state, gates) {
    const H = this.size,
      hidden = new this.Numbers(H);
    for (let k = 0; k < H; k++) {
      const reset = sigmoid(inputSums[k] + stateSums[k]),
        update = sigmoid(inputSums[H + k] + stateSums[H + k]);
      const candidate = Math.tanh(inputSums[2 * H + k] + reset * stateSums[2 * H + k]);
      hidden[k] = candidate + update * (state.hidden[k] - candidate);
      if (gates) {
        note(gates, "reset gate", k, reset);
        note(gates, "update gate", k, update);
        note(gates, "candidate", k, candidate);
        note(gates, "hidden", k, hidden[k]);
      }
    }
    return { hidden, cell: state.cell };
  }

  rnn(sums, state, gates) {
    const hidden = sums.map(Math.tanh);
    if (gates) gates.hidden = hidden;
    return { hidden, cell: state.cell };
  }
}
