// What a program writes to a terminal, as lines of pieces of text with classes. Pure: no element is touched here.
// Colours are kept; a carriage return overwrites (progress bars); links, titles and movements of the cursor are left out.

const LONGEST_ESCAPE = 4096;
const LONGEST_LINE = 20000; // characters that one line shows; what is beyond is in the file
// Control characters but tab, characters that change the direction of others or cannot be seen.
// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu;
const PLAIN = { fore: null, back: null, bold: false, dim: false, italic: false, underline: false, strike: false, inverse: false };

export class Terminal {
  constructor() {
    this.style = { ...PLAIN };
    this.rest = "";
    this.pieces = [];
    this.column = null; // null: at the line's end
  }

  /** Takes text; returns the lines that it ended, each an array of { text, classes }. The unfinished one is `open`. */
  feed(text) {
    const all = this.rest + text;
    this.rest = "";
    const lines = [];
    let at = 0;
    while (at < all.length) {
      // eslint-disable-next-line no-control-regex
      const next = all.slice(at).search(/[\n\r\b\u001b\u009b]/);
      const until = next < 0 ? all.length : at + next;
      if (until > at) this.#write(all.slice(at, until));
      if (next < 0) break;
      at = until;
      const sign = all[at];
      if (sign === "\n") { lines.push(this.pieces); this.pieces = []; this.column = null; at += 1; }
      else if (sign === "\r") {
        if (at + 1 === all.length) { this.rest = "\r"; break; }
        if (all[at + 1] !== "\n") this.column = 0;
        at += 1;
      } else if (sign === "\b") { this.column = Math.max(0, (this.column ?? this.#width()) - 1); at += 1; }
      else {
        const length = this.#escape(all, at);
        if (length === 0) { this.rest = all.slice(at); break; }
        at += length;
      }
    }
    return lines;
  }

  /** The line that has not ended. */
  get open() { return this.pieces; }

  /** Returns the length of the escape sequence at a place; 0: its end is not here yet. */
  #escape(all, at) {
    const two = all[at] === "\u009b" ? 1 : 2;
    if (at + two > all.length) return 0;
    const kind = two === 1 ? "[" : all[at + 1];
    if (kind === "[") {
      // eslint-disable-next-line no-control-regex
      const found = /^([0-?]*)[ -/]*([@-~]|[^ -~])/.exec(all.slice(at + two, at + two + 256));
      if (!found) return all.length - at > 256 ? two : 0;
      if (found[2] === "m") this.#select(found[1]);
      else if (found[2] === "K") this.#erase(found[1]);
      else if (found[2] === "G") this.column = Math.min(Math.max(0, (parseInt(found[1], 10) || 1) - 1), this.#width());
      return two + found[0].length - (/[@-~]/.test(found[2]) ? 0 : found[2].length);
    }
    if ("]PX^_".includes(kind)) { // a string: a title, a link; it ends by BEL or ESC \, or is none
      const text = all.slice(at + 2, at + 2 + LONGEST_ESCAPE);
      // eslint-disable-next-line no-control-regex
      const end = /\u0007|\u001b\\|\u009c|[\n\r]/.exec(text);
      if (!end) return text.length >= LONGEST_ESCAPE ? 2 : 0;
      return 2 + end.index + (/[\n\r]/.test(end[0]) ? 0 : end[0].length);
    }
    if ("()*+#% ".includes(kind)) return at + 3 > all.length ? 0 : 3; // character sets
    return 2;
  }

  #select(codes) {
    const all = codes.split(/[;:]/).map((code) => parseInt(code, 10) || 0);
    const style = this.style;
    for (let i = 0; i < all.length; i += 1) {
      const code = all[i];
      if (code === 0) Object.assign(style, PLAIN);
      else if (code === 1) style.bold = true;
      else if (code === 2) style.dim = true;
      else if (code === 3) style.italic = true;
      else if (code === 4) style.underline = true;
      else if (code === 7) style.inverse = true;
      else if (code === 9) style.strike = true;
      else if (code === 22) style.bold = style.dim = false;
      else if (code === 23) style.italic = false;
      else if (code === 24) style.underline = false;
      else if (code === 27) style.inverse = false;
      else if (code === 29) style.strike = false;
      else if (code >= 30 && code <= 37) style.fore = code - 30;
      else if (code >= 90 && code <= 97) style.fore = code - 90;
      else if (code === 39) style.fore = null;
      else if (code >= 40 && code <= 47) style.back = code - 40;
      else if (code >= 100 && code <= 107) style.back = code - 100;
      else if (code === 49) style.back = null;
      else if (code === 38 || code === 48) {
        const colour = all[i + 1] === 5 ? indexed(all[i + 2] ?? 0) : all[i + 1] === 2 ? nearest(all[i + 2], all[i + 3], all[i + 4]) : null;
        i += all[i + 1] === 5 ? 2 : all[i + 1] === 2 ? 4 : 1;
        style[code === 38 ? "fore" : "back"] = colour;
      }
    }
  }

  #erase(which) {
    const column = this.column ?? this.#width();
    if (which === "2") { this.pieces = []; this.column = null; }
    else if (which === "1") this.pieces = [{ text: " ".repeat(column), classes: "" }, ...cut(this.pieces, column, Infinity)];
    else { this.pieces = cut(this.pieces, 0, column); this.column = null; }
  }

  #width() { return this.pieces.reduce((sum, piece) => sum + piece.text.length, 0); }

  #write(raw) {
    const text = raw.replace(INVISIBLE, "\ufffd");
    const classes = classesOf(this.style);
    if (this.column === null) {
      const room = LONGEST_LINE - this.#width();
      if (room > 0) add(this.pieces, text.slice(0, room), classes);
      return;
    }
    const before = cut(this.pieces, 0, this.column);
    const after = cut(this.pieces, this.column + text.length, Infinity);
    add(before, text.slice(0, Math.max(0, LONGEST_LINE - this.column)), classes);
    this.column += text.length;
    for (const piece of after) add(before, piece.text, piece.classes);
    this.pieces = before;
    if (this.column >= this.#width()) this.column = null;
  }
}

function add(pieces, text, classes) {
  if (!text) return;
  const last = pieces.at(-1);
  if (last && last.classes === classes) last.text += text;
  else pieces.push({ text, classes });
}

function cut(pieces, from, to) {
  const found = [];
  let at = 0;
  for (const { text, classes } of pieces) {
    const part = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (part) found.push({ text: part, classes });
    at += text.length;
  }
  return found;
}

function classesOf(style) {
  const [fore, back] = style.inverse ? [style.back ?? "n", style.fore ?? 7] : [style.fore, style.back];
  const names = [];
  if (back !== null) names.push(`a-b${back}`, "a-back");
  else if (fore !== null && fore !== "n") names.push(`a-f${fore}`);
  for (const name of ["bold", "dim", "italic", "underline", "strike"]) if (style[name] && !(name === "dim" && back !== null)) names.push(`a-${name}`);
  return names.join(" ");
}

const indexed = (code) => {
  if (code < 16) return code % 8;
  if (code >= 232) return code < 244 ? 0 : 7;
  const cube = code - 16;
  return nearest(...[cube / 36, (cube / 6) % 6, cube % 6].map((part) => Math.floor(part) * 51));
};
/** The one of the eight colours that a mixture is most like: each of them can be read on both grounds. */
function nearest(red = 0, green = 0, blue = 0) {
  const most = Math.max(red, green, blue);
  const bit = (part, value) => (part > most * 0.6 && most > 40 ? value : 0);
  return bit(red, 1) + bit(green, 2) + bit(blue, 4);
}
