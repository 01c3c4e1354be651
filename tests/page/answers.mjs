// Answers of the JavaScript of pages, outside of a browser: node answers.mjs TASK [PAGE.html] < questions > answers
import fs from "node:fs";
import { Weights, decodeBase64 } from "../../seqnlp/page/weights.mjs";

const [task, file] = process.argv.slice(2);

/** The settings and the weights inside an exported page. */
function model() {
  const page = fs.readFileSync(file, "utf8");
  const content = (id) => page.match(new RegExp(`id="${id}">([^<]*)</script>`))[1];
  return [
    JSON.parse(content("settings")),
    new Weights(JSON.parse(content("tensors")), decodeBase64(content("weights"))),
  ];
}

/** What a generator that pauses returns. */
function finished(generator) {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
  }
}

/** A layer's gates as JSON can hold them. */
function readable(layer) {
  const arrays = (step) => Object.fromEntries(Object.entries(step).map(([name, row]) => [name, Array.from(row)]));
  return { ...layer, steps: layer.steps.map(arrays) };
}

const TASKS = {
  async tagging() {
    const { Tagger } = await import("../../seqnlp/page/tagger.mjs");
    const tagger = new Tagger(...model());
    return ({ text, nbest }) => tagger.tag(text, { nbest });
  },
  async classification() {
    const { Classifier } = await import("../../seqnlp/page/classifier.mjs");
    const classifier = new Classifier(...model());
    return (text) => {
      const { looked, ...answer } = classifier.classify(text);
      return { ...answer, looked: looked && Array.from(looked) };
    };
  },
  async translation() {
    const { Translator } = await import("../../seqnlp/page/translator.mjs");
    const translator = new Translator(...model());
    return ({ text, nbest }) => {
      const found = finished(translator.translate(text, nbest));
      return found.map((one) => ({ ...one, attention: one.attention.map((row) => Array.from(row)) }));
    };
  },
  async alignment() {
    const { Translator } = await import("../../seqnlp/page/translator.mjs");
    const translator = new Translator(...model());
    return (text) => {
      const { words, numbers } = translator.sourceWords(text);
      return { words: words.map(({ start, end }) => text.slice(start, end)), numbers };
    };
  },
  async language_model() {
    const { LanguageModel } = await import("../../seqnlp/page/language_model.mjs");
    const { sampled } = await import("../../seqnlp/page/sampling.mjs");
    const language = new LanguageModel(...model());
    return ({ text, options }) => {
      const { sequence } = language.typed(text, true);
      const surprises = language.surprises(text);
      return {
        typing: language.complete(text),
        finished: language.complete(text, { typing: false, top: 3 }),
        weights: sampled(language.at(sequence).logProbs, language.tokens.special, options),
        log_prob: surprises.reduce((sum, { logProb }) => sum + logProb, 0),
        generated: [...language.generate(text, 12, { temperature: 1e-4 })].join(""),
      };
    };
  },
  async forecasting() {
    const { Forecaster } = await import("../../seqnlp/page/forecaster.mjs");
    const { readSeries } = await import("../../seqnlp/page/series.mjs");
    const [settings, weights] = model(),
      forecaster = new Forecaster(settings, weights);
    return ({ text, level }) => {
      try {
        const { rows, findings } = readSeries(text, settings);
        const answer = forecaster.forecast(rows, level);
        return { ...answer, findings: [...findings, ...answer.findings] };
      } catch (problem) {
        return { problem: problem.message };
      }
    };
  },
  async anomaly_detection() {
    const { Detector } = await import("../../seqnlp/page/detector.mjs");
    const { readSeries } = await import("../../seqnlp/page/series.mjs");
    const [settings, weights] = model(),
      detector = new Detector(settings, weights);
    return (text) => {
      const threshold = settings.thresholds.find(([rate]) => rate === settings.false_alarms)[1];
      return finished(detector.detect(readSeries(text, settings).rows, threshold));
    };
  },
  async moments() {
    const { Step, readMoment, writeMoment } = await import("../../seqnlp/page/moments.mjs");
    return ({ text, format, step, count }) => {
      const moment = readMoment(text, format);
      if (moment === null) return null;
      const steps = new Step(step),
        later = steps.after(moment, count);
      return { written: writeMoment(later, text, format), count: steps.count(moment, later) };
    };
  },
  async subwords() {
    const { Subwords } = await import("../../seqnlp/page/subwords.mjs");
    return ({ model, lines, ids }) => {
      const subwords = new Subwords(model);
      return { encoded: lines.map((line) => subwords.encode(line)), decoded: ids.map((row) => subwords.decode(row)) };
    };
  },
  async gates() {
    const { Classifier } = await import("../../seqnlp/page/classifier.mjs");
    const { Tagger } = await import("../../seqnlp/page/tagger.mjs");
    const [settings, weights] = model();
    if (settings.tokens) {
      const { LanguageModel } = await import("../../seqnlp/page/language_model.mjs");
      return (text) => new LanguageModel(settings, weights).trace(text).traces.map(readable);
    }
    const reader = settings.tags ? new Tagger(settings, weights) : new Classifier(settings, weights);
    return (text) => {
      const trace = [];
      if (settings.tags) reader.tag(text, { trace });
      else reader.classify(text, trace);
      return trace.map(readable);
    };
  },
  async tokenizers() {
    const { Tokenizer } = await import("../../seqnlp/page/tokenizer.mjs");
    return ({ pattern, lines }) => {
      const tokenizer = new Tokenizer(pattern);
      return lines.map((line) => tokenizer.tokenize(line).map((token) => token.text));
    };
  },
  async pieces() {
    const { WordPieces } = await import("../../seqnlp/page/pieces.mjs");
    return ({ pieces, words }) => {
      const cutter = new WordPieces(pieces);
      return words.map((word) => cutter.rows(word));
    };
  },
  async casing() {
    const { casing, isDigit } = await import("../../seqnlp/page/casing.mjs");
    return (word) => [casing(word), Array.from(word).filter(isDigit).join("")];
  },
};

const answer = await TASKS[task]();
process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(answer)));
