// Amounts, digit by digit.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Amount, amountText, exactBody, exactJson, readAmount } from "../../app/static/js/lib/amounts.js";

test("an amount is read as it was typed", () => {
  const read = (/** @type {string} */ text) => readAmount(text)?.text;

  assert.deepEqual(["12.40", " $1234 ", "$ 0.000000001", "007", "0"].map(read), ["12.40", "1234", "0.000000001", "7", "0"]);
});

test("what is no amount is none", () => {
  for (const text of ["", "12,40", "1,234.50", "-1", "1e3", ".5", "5.", "0.0000000001", "fifty"]) {
    assert.equal(readAmount(text), null, text);
  }
});

test("an amount of the gateway can be typed again", () => {
  assert.equal(amountText(1234.5), "1234.50");
  assert.equal(amountText(1e-9), "0.000000001");
});

test("JSON has every digit of an amount, and all else as usual", async () => {
  const value = { cap_usd: new Amount("90071992547.409931123"), name: 'a "b"', none: null, left_out: undefined, list: [1, new Amount("0.10")] };

  assert.equal(exactJson(value), '{"cap_usd":90071992547.409931123,"name":"a \\"b\\"","none":null,"list":[1,0.10]}');
  assert.equal(exactBody({ a: true }).type, "application/json");
  assert.equal(await exactBody({ a: true }).text(), '{"a":true}');
});
