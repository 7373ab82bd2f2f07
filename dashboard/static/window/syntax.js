// A small safe language for choosing atoms: barrier > 1.8 and element == "Cu". Nothing is evaluated as JavaScript.
//
//   or, and, not · == != < <= > >= · in ["Cu", "Zr"] · + - * / · numbers, "text", true, false, column names
//   abs(x), distance(atom) in Å across the boundary, percentile(column): % of the atoms with a lower value

const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|("[^"]*"|'[^']*')|([\p{L}_][\p{L}\p{N}_]*)|(==|!=|<=|>=|&&|\|\||[<>+\-*/()[\],=!]))/uy;
export const COMPARE = new Set(["==", "!=", "<", "<=", ">", ">="]);
const LONGEST = 2000;
const DEEPEST = 100; // far from the end of the stack
const ALIASES = { "&&": "and", "||": "or", "!": "not", "=": "==" };

/** What is wrong with an expression, and where: `position` counts characters from 0. */
export class ExpressionError extends Error {
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

/** [{kind: "number"|"text"|"name"|"sign"|"end", value, position}, ...] */
export function tokens(text) {
  const out = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim()) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = at + text.slice(at).search(/\S/);
    if (!match) {
      const what = /["']/.test(text[start]) ? "a text that does not end" : `the character "${text[start]}"`;
      throw new ExpressionError(`cannot read ${what}`, start);
    }
    const [, number, string, name, sign] = match;
    if (number !== undefined) out.push({ kind: "number", value: Number(number), position: start });
    else if (string !== undefined) out.push({ kind: "text", value: string.slice(1, -1), position: start });
    else if (name !== undefined) out.push({ kind: "name", value: name, position: start });
    else out.push({ kind: "sign", value: ALIASES[sign] ?? sign, position: start });
    at = TOKEN.lastIndex;
  }
  out.push({ kind: "end", value: "the end", position: text.length });
  return out;
}

/** Syntax tree of an expression: nodes {op, position, ...}. Throws ExpressionError. */
export function parse(text) {
  if (text.length > LONGEST) throw new ExpressionError(`more than ${LONGEST} characters`, LONGEST);
  const list = tokens(text);
  let next = 0;
  let depth = 0;
  const peek = () => list[next];
  const is = (...values) => (peek().kind === "sign" || peek().kind === "name") && values.includes(peek().value);
  const take = () => list[next++];
  function expect(value) {
    if (!is(value)) throw new ExpressionError(`expected "${value}" and not ${shown(peek())}`, peek().position);
    return take();
  }
  function binary(operators, operand) {
    let left = operand();
    while (is(...operators)) {
      const { value, position } = take();
      left = { op: value, left, right: operand(), position };
    }
    return left;
  }
  const either = () => binary(["or"], both);
  const both = () => binary(["and"], negation);
  function negation() {
    if (!is("not")) return comparison();
    const { position } = take();
    return { op: "not", value: negation(), position };
  }
  function comparison() {
    const left = sum();
    if (is("in")) {
      const { position } = take();
      return { op: "in", left, items: items(), position };
    }
    if (is("not") && list[next + 1].value === "in") {
      const { position } = take();
      take();
      return { op: "not", value: { op: "in", left, items: items(), position }, position };
    }
    if (!is(...COMPARE)) return left;
    const { value, position } = take();
    const node = { op: value, left, right: sum(), position };
    if (is(...COMPARE)) throw new ExpressionError('join two comparisons with "and"', peek().position);
    return node;
  }
  const sum = () => binary(["+", "-"], product);
  const product = () => binary(["*", "/"], sign);
  function sign() {
    if (!is("-", "+")) return primary();
    const { value, position } = take();
    return { op: value === "-" ? "minus" : "plus", value: sign(), position };
  }
  function items() {
    expect("[");
    const out = [];
    while (!is("]")) {
      out.push(sign());
      if (!is("]")) expect(",");
    }
    take();
    return out;
  }
  function primary() {
    const token = peek();
    if (is("(")) {
      if ((depth += 1) > DEEPEST) throw new ExpressionError(`more than ${DEEPEST} brackets in each other`, token.position);
      take();
      const inner = either();
      expect(")");
      depth -= 1;
      return inner;
    }
    if (token.kind === "number" || token.kind === "text") {
      take();
      return { op: "value", value: token.value, position: token.position };
    }
    if (token.kind !== "name" || ["and", "or", "not", "in"].includes(token.value)) {
      throw new ExpressionError(`expected a column, a number or a text and not ${shown(token)}`, token.position);
    }
    take();
    if (token.value === "true" || token.value === "false") {
      return { op: "value", value: token.value === "true", position: token.position };
    }
    if (!is("(")) return { op: "column", name: token.value, position: token.position };
    take();
    if ((depth += 1) > DEEPEST) throw new ExpressionError(`more than ${DEEPEST} brackets in each other`, token.position);
    const argument = either();
    expect(")");
    depth -= 1;
    return { op: "call", name: token.value, argument, position: token.position };
  }
  const tree = either();
  if (peek().kind !== "end") throw new ExpressionError(`${shown(peek())} is left over`, peek().position);
  return tree;
}

function shown(token) {
  return token.kind === "end" ? "the end" : token.kind === "number" ? String(token.value) : `"${token.value}"`;
}
