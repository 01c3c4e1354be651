// Answers of the JavaScript of pages, outside of a browser: node answers.mjs TASK [PAGE.html] < questions > answers
import fs from "node:fs";
import { Weights, decodeBase64 } from "../../seqnlp/page/weights.mjs";

const [task, file] = process.argv.slice(2);

/** The settings and the weights inside an exported page. */
function model() {
  const page = fs.readFileSync(file, "utf8");
  const content = (id) => page.match(new RegExp(`id="${id}">([^<]*)</script>`))[1];
  return [JSON.parse(content("settings")), new Weights(JSON.parse(content("tensors")), decodeBase64(content("weights")))];
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
      const search = translator.translate(text, nbest);
      for (;;) {
        const { done, value } = search.next();
        if (!done) continue;
        return value.map((one) => ({ ...one, attention: one.attention.map((row) => Array.from(row)) }));
      }
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
  async casing() {
    const { casing, isDigit } = await import("../../seqnlp/page/casing.mjs");
    return (word) => [casing(word), Array.from(word).filter(isDigit).join("")];
  },
};

const answer = await TASKS[task]();
process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(answer)));
