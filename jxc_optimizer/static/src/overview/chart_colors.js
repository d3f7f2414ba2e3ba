/** Colours of text and lines where an element stands, as the theme has them. */
export function chartColors(element) {
    const style = getComputedStyle(element);
    return { text: style.color, grid: style.getPropertyValue("--border-color").trim() };
}
