import { h, options } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeTextsVisible } from "./visible-nodes.js";

const before = options.vnode;
beforeEach(makeTextsVisible);
afterEach(() => {
  if (before === undefined) delete options.vnode;
  else options.vnode = before;
});

const HIDDEN = "a\u202eb\u009b\n";
const VISIBLE = "a\\u202eb\\u009b\\n";

describe("makeTextsVisible()", () => {
  it("shows hidden characters in texts, titles and labels", () => {
    const node = h("p", { title: HIDDEN, "aria-label": HIDDEN }, [HIDDEN, h("b", null, HIDDEN)]);
    expect(node.props).toMatchObject({ title: VISIBLE, "aria-label": VISIBLE });
    expect(node.props).toMatchObject({ children: [VISIBLE, { props: { children: VISIBLE } }] });
    expect(h("p", null, "x", [[HIDDEN]], 3).props.children).toEqual(["x", [[VISIBLE]], 3]);
  });

  it("does not change the content of a field, or the properties of a component", () => {
    expect(h("textarea", { value: HIDDEN }).props).toEqual({ value: HIDDEN });
    const component = () => null;
    expect(h(component, { title: HIDDEN }, HIDDEN).props).toMatchObject({ title: HIDDEN });
  });
});
