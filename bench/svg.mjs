// Parts of SVG that the plots share.

/** A whole picture with a title, from its other parts. */
export function svgOf({ width, height, title }, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

export function text(x, y, words, attributes = "") {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeText(words)}</text>`;
}

function escapeText(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
