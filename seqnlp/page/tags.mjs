// Entities from tags in the schemes that models have: bioes and iob2.

/** [{first, last, label}]: token positions, last exclusive; the tags are legal. */
export function spansFromTags(tags, scheme) {
  const spans = [];
  if (scheme === "none") return spans;
  tags.forEach((tag, at) => {
    if (tag === "O") return;
    const prefix = tag[0],
      label = tag.slice(2);
    if (prefix === "B" || prefix === "S") spans.push({ first: at, last: at + 1, label });
    else spans.at(-1).last = at + 1;
  });
  return spans;
}
