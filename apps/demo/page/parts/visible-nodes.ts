import { type ComponentChildren, options } from "preact";
import { visibleText } from "../format/visible-text.js";

const TEXT_PROPS = ["title", "aria-label", "alt", "placeholder"] as const;

/**
 * Makes hidden characters visible in every text of the page, so that no component can forget it. What stands in a field
 * (a body, an input) stays as it is: only its reader and its writer see it.
 */
export function makeTextsVisible(): void {
  const next = options.vnode;
  options.vnode = (vnode) => {
    if (typeof vnode.type === "string") {
      const { props } = vnode;
      if ("children" in props) props.children = visibleChildren(props.children);
      for (const name of TEXT_PROPS) {
        const text: unknown = Reflect.get(props, name);
        if (typeof text === "string") Reflect.set(props, name, visibleText(text));
      }
    }
    next?.(vnode);
  };
}

function visibleChildren(children: ComponentChildren): ComponentChildren {
  if (typeof children === "string") return visibleText(children);
  return Array.isArray(children) ? children.map(visibleChildren) : children;
}
