// What is asked of the page; the value of this file is an object of functions.
({
  // Elements that the report never holds, whoever wrote the names in it.
  strangers: () => [...document.querySelectorAll(
    "script, img, svg, iframe, object, embed, form, base, link, video, audio, canvas, [style], [onclick], [onerror], [onload]"
  )].map((element) => element.outerHTML.slice(0, 200)),

  // What is still closed where it is to be printed. What was not laid out yet may need a moment.
  closed: async () => {
    const closed = () => [...document.querySelectorAll("details:not([open]) > :not(summary)")]
      .filter((element) => !element.checkVisibility({ contentVisibilityAuto: true }));
    for (let tries = 0; tries < 50 && closed().length > 0; tries += 1) {
      await new Promise((done) => setTimeout(done, 100));
    }
    return closed().map((element) => element.textContent.slice(0, 60));
  },

  openAll: () => document.querySelectorAll("details").forEach((details) => { details.open = true; }),

  // What sticks out of the page to the side.
  overflow: () => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 60)}`).slice(0, 5);
  },

  background: () => getComputedStyle(document.body).backgroundColor,

  // Where the focus is.
  focus: () => {
    const element = document.activeElement;
    const outline = getComputedStyle(element).outlineStyle;
    const inside = element.tagName === "SUMMARY" ? element.parentElement : null;
    return { name: element.tagName, class: element.className, outline,
      incident: inside !== null && inside.className === "incident", open: inside !== null && inside.open };
  },

  // Text with less contrast than WCAG 2.2 asks for at level AA.
  faint: () => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const parsed = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
      const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = parsed(getComputedStyle(at).backgroundColor);
        if (color[3] === 255) return color;
      }
      return [255, 255, 255, 255];
    };
    const faint = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (!text.textContent.trim()) continue;
      const style = getComputedStyle(text.parentElement);
      const [a, b] = [light(parsed(style.color)), light(behind(text.parentElement))].sort((x, y) => y - x);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < (large ? 3 : 4.5)) faint.add(`${ratio.toFixed(2)}: ${text.textContent.trim().slice(0, 40)}`);
    }
    return [...faint];
  },
})
