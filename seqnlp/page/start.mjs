// How every page begins: the model is taken out of the document and shown.
import { element } from "./view.mjs";
import { Weights, decodeBase64 } from "./weights.mjs";

function contentOf(id) {
  const script = document.getElementById(id),
    text = script.textContent;
  script.remove(); // the text would take memory for nothing
  return text;
}

/** show: (settings, weights) -> the elements of the page. */
export function start(show) {
  const page = document.getElementById("page");
  try {
    const settings = JSON.parse(contentOf("settings")),
      tensors = JSON.parse(contentOf("tensors"));
    page.append(...show(settings, new Weights(tensors, decodeBase64(contentOf("weights")))));
  } catch (problem) {
    page.append(element("p", { role: "alert" }, `This page does not work in this browser: ${problem.message}`));
    throw problem;
  }
}
